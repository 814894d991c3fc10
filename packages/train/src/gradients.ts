import type { LossOptions, Model } from '@llm/model'
import {
  addScaled,
  Capture,
  fold,
  globalNorm,
  type Key,
  type Parameters,
  type Precision,
  tf,
  withPrecision,
} from '@llm/tensor'
import type { Batch } from './random-batch.js'

/** Loss (a scalar tensor, nats per token) and the gradients by parameter name. All are the caller's to dispose of. */
export interface LossAndGradients {
  readonly loss: tf.Tensor
  readonly gradients: Record<string, tf.Tensor>
}

/** How {@link lossAndGradients} computes. */
export interface GradientSettings {
  /** Parts that the batch is split into, to hold fewer activations at once; must divide its size. Default 1. */
  readonly accumulate?: number
  /** What products compute in. Default 'float32'. */
  readonly compute?: Precision['compute']
  /** Blocks of the model are computed again in the backward pass. Default false. */
  readonly checkpointing?: boolean
}

/** Options of {@link lossAndGradients}. */
export interface GradientOptions extends GradientSettings {
  /** Decides what dropout drops. */
  readonly key: Key
}

/**
 * The mean loss over a batch and its gradients.
 *
 * With `accumulate: n` the batch goes through the model in n parts of equal size whose gradients are averaged: the same result up
 * to rounding (without dropout), with the memory of one part.
 *
 * @throws RangeError when `accumulate` does not divide the batch.
 */
export function lossAndGradients(
  model: Model,
  params: Parameters,
  batch: Batch,
  { key, ...settings }: GradientOptions,
): LossAndGradients {
  return ofParts(params, batch, settings, key, (inputs, targets, options) =>
    partGradients(model, params, inputs, targets, options),
  )
}

/** What a step knows before its update. The gradients are the caller's to dispose of. */
export interface StepResult {
  /** Mean loss, nats per token. */
  readonly loss: number
  /** Joint norm of the gradients, before clipping. */
  readonly gradientNorm: number
  readonly gradients: Record<string, tf.Tensor>
}

/** {@link lossAndGradients} for one batch after the other: the kernels that the first one ran are run again for the next. */
export class GradientSteps {
  readonly #params: Parameters
  readonly #settings: GradientSettings
  readonly #capture: Capture
  #options: LossOptions = {}

  constructor(model: Model, params: Parameters, settings: GradientSettings) {
    this.#params = params
    this.#settings = settings
    this.#capture = new Capture((inputs, targets) =>
      partGradients(model, params, inputs!, targets!, this.#options),
    )
  }

  /** Loss, gradients and their norm, read back. */
  async next(batch: Batch, key: Key): Promise<StepResult> {
    const { loss, gradients } = ofParts(
      this.#params,
      batch,
      this.#settings,
      key,
      (inputs, targets, options) => {
        this.#options = options
        return this.#capture.run([inputs, targets])
      },
    )
    const norm = tf.tidy(() => globalNorm(Object.values(gradients)))
    const [[lossValue = Number.NaN], [gradientNorm = Number.NaN]] = await Promise.all([
      loss.data(),
      norm.data(),
    ])
    tf.dispose([loss, norm])
    return { loss: lossValue, gradientNorm, gradients }
  }

  dispose(): void {
    this.#capture.dispose()
  }
}

/** The mean loss of a batch, without gradients and without dropout: a scalar tensor. */
export function batchLoss(model: Model, params: Parameters, batch: Batch): tf.Tensor {
  return tf.tidy(() => {
    const { inputs, targets } = tensors(batch)
    return model.loss(params, inputs, targets)
  })
}

/** The loss and the gradients of all parameters, in one list, averaged over the parts of a batch. */
function ofParts(
  params: Parameters,
  batch: Batch,
  { accumulate = 1, compute = 'float32', checkpointing = false }: GradientSettings,
  key: Key,
  part: (inputs: tf.Tensor, targets: tf.Tensor, options: LossOptions) => tf.Tensor[],
): LossAndGradients {
  if (!Number.isInteger(accumulate) || accumulate < 1 || batch.batchSize % accumulate !== 0) {
    throw new RangeError(
      `lossAndGradients: expected accumulate to divide the batch of ${batch.batchSize}, got ${accumulate}`,
    )
  }
  const rows = batch.batchSize / accumulate
  let sum: tf.Tensor[] | undefined
  for (let i = 0; i < accumulate; i++) {
    const { inputs, targets } = tensors(slice(batch, i * rows, rows))
    const options = { training: true, checkpointing, key: fold(key, i) }
    const next = withPrecision({ compute }, () => part(inputs, targets, options))
    tf.dispose([inputs, targets])
    sum = sum === undefined ? next : replaced(sum, (x, j) => addScaled(x, next[j]!, 1))
    if (sum !== next) tf.dispose(next)
  }
  const [loss, ...gradients] =
    accumulate === 1 ? sum! : replaced(sum!, (x) => tf.mul(x, 1 / accumulate))
  const names = Object.keys(params)
  return {
    loss: loss!,
    gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])),
  }
}

function replaced(
  tensors: readonly tf.Tensor[],
  f: (x: tf.Tensor, index: number) => tf.Tensor,
): tf.Tensor[] {
  return tensors.map((x, i) => {
    const result = f(x, i)
    x.dispose()
    return result
  })
}

/** The loss of a batch, then the gradient of each parameter. */
function partGradients(
  model: Model,
  params: Parameters,
  inputs: tf.Tensor,
  targets: tf.Tensor,
  options: LossOptions,
): tf.Tensor[] {
  const { value, grads } = tf.variableGrads(
    () => model.loss(params, inputs, targets, options),
    Object.values(params),
  )
  // TensorFlow.js names gradients by its own names of the variables.
  const gradients = Object.entries(params).map(([name, variable]) => {
    const gradient = grads[variable.name]
    if (gradient === undefined) {
      throw new RangeError(
        `lossAndGradients: expected the loss to depend on ${name}, got no gradient for it`,
      )
    }
    return gradient
  })
  return [value, ...gradients]
}

function tensors({ inputs, targets, batchSize, sequenceLength }: Batch): {
  inputs: tf.Tensor
  targets: tf.Tensor
} {
  const shape: [number, number] = [batchSize, sequenceLength]
  return {
    inputs: tf.tensor2d(inputs, shape, 'int32'),
    targets: tf.tensor2d(targets, shape, 'int32'),
  }
}

function slice(
  { inputs, targets, batchSize, sequenceLength }: Batch,
  row: number,
  rows: number,
): Batch {
  if (rows === batchSize) return { inputs, targets, batchSize, sequenceLength }
  const [begin, end] = [row * sequenceLength, (row + rows) * sequenceLength]
  return {
    inputs: inputs.slice(begin, end),
    targets: targets.slice(begin, end),
    batchSize: rows,
    sequenceLength,
  }
}
