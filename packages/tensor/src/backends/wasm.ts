import type { Candidate } from './candidate.js'
import { zerosOverNothing } from './sums-of-nothing.js'
import { transposeBeforeProducts } from './wasm-products.js'

/** TensorFlow.js's kernels compiled to WebAssembly. */
export const wasm: Candidate = {
  name: 'wasm',
  device: 'CPU, WebAssembly',
  start: async () => {
    await import('@tensorflow/tfjs-backend-wasm')
    transposeBeforeProducts()
    zerosOverNothing('wasm')
    return "TensorFlow.js's WebAssembly kernels"
  },
}
