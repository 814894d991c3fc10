export { type AttentionShape, type Kernels, linearOptions, productOptions } from './kernels.js'
export { type LoadedKernels, loadKernels } from './load-kernels.js'
