import { tf } from '../tf.js'
import { type Candidate, importOptional } from './candidate.js'

/** TensorFlow's C library on an NVIDIA GPU, through @tensorflow/tfjs-node-gpu. */
export const tensorflowOnGpu: Candidate = {
  name: 'tensorflow',
  device: 'GPU, TensorFlow',
  start: async () => {
    const { package: name, usesGpu } = await load(['@tensorflow/tfjs-node-gpu'])
    if (usesGpu) return `${name} on a GPU`
    throw new Error(`${name} found no GPU; it needs the CUDA 11 and cuDNN 8 libraries`)
  },
}

/** TensorFlow's C library on the CPU, through @tensorflow/tfjs-node. */
export const tensorflow: Candidate = {
  name: 'tensorflow',
  device: 'CPU, TensorFlow',
  start: async () => {
    const loaded = await load(['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'])
    return `${loaded.package} on the ${loaded.usesGpu ? 'GPU' : 'CPU'}`
  },
}

interface Loaded {
  readonly package: string
  readonly usesGpu: boolean
}

// Both packages register the same name: the first that loads in a process stays.
let loaded: Loaded | undefined

async function load(packages: readonly string[]): Promise<Loaded> {
  if (loaded !== undefined) return loaded
  if (typeof process === 'undefined') throw new Error('it runs only in Node')
  await restoreUtil()
  // Otherwise TensorFlow takes all memory of the GPU at once.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  const reasons: string[] = []
  for (const name of packages) {
    const found = await importOptional(name)
    if (found.exports === undefined) {
      reasons.push(found.reason)
      // A package whose binary is missing registers its kernels before it fails.
      for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) {
        tf.unregisterKernel(kernelName, 'tensorflow')
      }
      continue
    }
    const backend = tf.engine().findBackend('tensorflow')
    const usesGpu = 'isUsingGpuDevice' in backend && backend.isUsingGpuDevice === true
    loaded = { package: name, usesGpu }
    return loaded
  }
  throw new Error(
    `${reasons.join('; ')}. Install one with its install script allowed: npm install ${packages[0]}@4.22.0`,
  )
}

/**
 * tfjs-node 4.22 calls two functions of node:util that Node 23 removed:
 * https://github.com/tensorflow/tfjs/issues/8609
 */
async function restoreUtil(): Promise<void> {
  const { createRequire } = await import('node:module')
  const util: Record<string, unknown> = createRequire(import.meta.url)('node:util')
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray ??= Array.isArray
}
