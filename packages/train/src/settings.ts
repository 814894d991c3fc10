import type { Precision } from '@llm/tensor'
import type { RunState } from './checkpoint/run-state.js'
import type { TrainOptions, TrainSetup } from './options.js'

/** The options with their defaults, checked. */
export interface Settings {
  readonly steps?: number
  readonly budgetSeconds?: number
  readonly batchSize: number
  readonly sequenceLength: number
  readonly accumulate: number
  readonly compute: Precision['compute']
  readonly checkpointing: boolean
  readonly seed: number
  readonly evalInterval?: number
  readonly evalIters: number
  /** What a run that continues this one must share. */
  readonly identity: RunState['identity']
}

/** @throws RangeError when an option is out of range or does not fit the model or the tokens. */
export function resolveSettings(
  { model, params, training, validation }: TrainSetup,
  options: TrainOptions,
): Settings {
  const { steps, minutes, evalInterval } = options
  const { batchSize = 8, sequenceLength = model.config.contextLength } = options
  const { accumulate = 1, seed = 0, evalIters = 20 } = options
  const { compute = 'float32', checkpointing = false } = options
  if (compute !== 'float32' && compute !== 'bfloat16') {
    throw new RangeError(`train: expected compute 'float32' or 'bfloat16', got ${compute}`)
  }
  if (steps === undefined && minutes === undefined) {
    throw new RangeError('train: expected steps or minutes, got neither; say how long to train')
  }
  if (minutes !== undefined && !(minutes > 0 && Number.isFinite(minutes))) {
    throw new RangeError(`train: expected minutes above 0, got ${minutes}`)
  }
  const { everySteps, everySeconds, keep } = options.checkpoint ?? {}
  const counts = {
    steps,
    batchSize,
    sequenceLength,
    accumulate,
    evalInterval,
    evalIters,
    everySteps,
    keep,
  }
  for (const [name, value] of Object.entries({
    ...counts,
    sampleInterval: options.sampleInterval,
  })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`train: expected ${name} to be a whole number above 0, got ${value}`)
    }
  }
  if (everySeconds !== undefined && !(everySeconds > 0)) {
    throw new RangeError(`train: expected everySeconds above 0, got ${everySeconds}`)
  }
  if (sequenceLength > model.config.contextLength) {
    throw new RangeError(
      `train: expected a sequenceLength up to the model's contextLength of ${model.config.contextLength}, got ${sequenceLength}`,
    )
  }
  if (batchSize % accumulate !== 0) {
    throw new RangeError(
      `train: expected accumulate to divide the batchSize of ${batchSize}, got ${accumulate}`,
    )
  }
  for (const [name, tokens] of Object.entries({ training, validation })) {
    checkTokens(name, tokens, training.header?.tokenizerHash, model.config.vocabularySize)
  }
  const shapes = Object.fromEntries(
    Object.entries(params).map(([name, p]) => [name, p.shape.join()]),
  )
  return {
    ...(steps === undefined ? {} : { steps }),
    ...(minutes === undefined ? {} : { budgetSeconds: minutes * 60 }),
    ...(evalInterval === undefined ? {} : { evalInterval }),
    ...{ batchSize, sequenceLength, accumulate, compute, checkpointing, seed, evalIters },
    identity: {
      config: JSON.parse(JSON.stringify(model.config)),
      parameters: shapes,
      ...{ seed, batchSize, sequenceLength, accumulate },
      // Runs from before there was a choice have float32.
      ...(compute === 'float32' ? {} : { compute }),
      trainingTokens: training.length,
      tokenizerHash: training.header?.tokenizerHash ?? null,
    },
  }
}

function checkTokens(
  name: string,
  tokens: TrainSetup['validation'],
  tokenizerHash: string | undefined,
  vocabularySize: number,
): void {
  const header = tokens?.header
  if (header === undefined) return
  if (header.vocabularySize > vocabularySize) {
    throw new RangeError(
      `train: expected ${name} tokens that fit the model's vocabulary of ${vocabularySize}, got a vocabulary of ${header.vocabularySize}`,
    )
  }
  if (tokenizerHash !== undefined && header.tokenizerHash !== tokenizerHash) {
    throw new RangeError(
      `train: expected ${name} tokens made by tokenizer ${tokenizerHash}, as the training tokens are, got ${header.tokenizerHash}`,
    )
  }
}
