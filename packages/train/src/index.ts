export {
  type FoundCheckpoint,
  findCheckpoint,
} from './checkpoint/find-checkpoint.js'
export {
  type CheckpointTarget,
  type LoadedCheckpoint,
  loadCheckpoint,
} from './checkpoint/load-checkpoint.js'
export type { Json, RunState } from './checkpoint/run-state.js'
export {
  type Checkpoint,
  type SaveCheckpointOptions,
  saveCheckpoint,
} from './checkpoint/save-checkpoint.js'
export { bitsPerByte, type EvaluateOptions, type Evaluation, evaluate } from './evaluate.js'
export { type GradientOptions, type LossAndGradients, lossAndGradients } from './gradients.js'
export type {
  CheckpointOptions,
  EvaluateEvent,
  SampleEvent,
  StepEvent,
  TrainingTokens,
  TrainOptions,
  TrainResult,
  TrainSetup,
} from './options.js'
export { type Batch, type RandomBatchOptions, randomBatch } from './random-batch.js'
export { train } from './train.js'
