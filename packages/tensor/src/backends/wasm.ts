import type { Candidate } from './candidate.js'

/** TensorFlow.js's kernels compiled to WebAssembly. */
export const wasm: Candidate = {
  name: 'wasm',
  device: 'CPU, WebAssembly',
  start: async () => {
    await import('@tensorflow/tfjs-backend-wasm')
    return "TensorFlow.js's WebAssembly kernels"
  },
}
