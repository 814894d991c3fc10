export type { BackendName } from './backends/candidate.js'
export {
  type BackendChoice,
  type BackendReport,
  backends,
  type UseBackendOptions,
  useBackend,
} from './backends/use-backend.js'
export { Capture } from './capture/capture.js'
export { checkpoint } from './checkpoint.js'
export { fold, type Key, key } from './key.js'
export { KvCache, type KvCacheOptions } from './kv-cache.js'
export { type Memory, memory, resetPeak } from './memory.js'
export {
  type AdafactorMoments,
  type AdafactorMomentsOptions,
  type AdafactorOptions,
  adafactor,
  adafactorMoments,
} from './ops/adafactor.js'
export { type AdamMoments, type AdamMomentsOptions, adamMoments } from './ops/adam-moments.js'
export { type AdamWMoments, type AdamWOptions, adamW } from './ops/adam-w.js'
export { addScaled } from './ops/add-scaled.js'
export { attention, type CrossAttentionOptions } from './ops/attention.js'
export type { AttentionOptions } from './ops/attention-options.js'
export { type CrossEntropyOptions, crossEntropy } from './ops/cross-entropy.js'
export { dropout } from './ops/dropout.js'
export { type EmbeddingOptions, embedding } from './ops/embedding.js'
export { type GeluOptions, gelu } from './ops/gelu.js'
export { globalNorm } from './ops/global-norm.js'
export { type LayerNormOptions, layerNorm } from './ops/layer-norm.js'
export { type LinearOptions, linear } from './ops/linear.js'
export {
  type LinearCrossEntropyOptions,
  linearCrossEntropy,
} from './ops/linear-cross-entropy.js'
export { type RmsNormOptions, rmsNorm } from './ops/rms-norm.js'
export { type RotaryOptions, rotary } from './ops/rotary.js'
export { selfAttention } from './ops/self-attention.js'
export { swiglu } from './ops/swiglu.js'
export type { Parameters } from './parameters.js'
export { type Precision, withPrecision } from './precision.js'
export {
  type NormalOptions,
  normal,
  type TruncatedNormalOptions,
  truncatedNormal,
  uniform,
} from './random-tensors.js'
export { type Leaks, leaks, scope } from './scope.js'
export { tf } from './tf.js'
