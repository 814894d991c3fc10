export { type GenerateOptions, generate } from './generate.js'
export { type Gpt2Config, gpt2 } from './gpt2.js'
export { type LoadedModel, loadModel } from './load-model.js'
export type { ForwardOptions, LanguageModelConfig, LossOptions, Model } from './model.js'
export { gpt2Large, gpt2Medium, gpt2Small, gpt2Xl } from './presets.js'
export type { TensorEntry } from './safetensors/header.js'
export {
  type HostTensor,
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
} from './safetensors/read.js'
export {
  type WritableTensor,
  type WriteSafetensorsOptions,
  writeSafetensors,
} from './safetensors/write.js'
export { type SaveModelOptions, saveModel } from './save-model.js'
