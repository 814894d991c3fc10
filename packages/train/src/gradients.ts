import type { LossOptions, Model } from '@llm/model'
import {
  addScaled,
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

/** Options of {@link lossAndGradients}. */
export interface GradientOptions {
  /** Parts that the batch is split into, to hold fewer activations at once; must divide its size. Default 1. */
  readonly accumulate?: number
  /** What products compute in. Default 'float32'. */
  readonly compute?: Precision['compute']
  /** Blocks of the model are computed again in the backward pass. Default false. */
  readonly checkpointing?: boolean
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
  { accumulate = 1, compute = 'float32', checkpointing = false, key }: GradientOptions,
): LossAndGradients {
  if (!Number.isInteger(accumulate) || accumulate < 1 || batch.batchSize % accumulate !== 0) {
    throw new RangeError(
      `lossAndGradients: expected accumulate to divide the batch of ${batch.batchSize}, got ${accumulate}`,
    )
  }
  const rows = batch.batchSize / accumulate
  let sum: LossAndGradients | undefined
  for (let part = 0; part < accumulate; part++) {
    const options = { training: true, checkpointing, key: fold(key, part) }
    const next = withPrecision({ compute }, () =>
      partGradients(model, params, slice(batch, part * rows, rows), options),
    )
    sum = sum === undefined ? next : addParts(sum, next)
  }
  return accumulate === 1 ? sum! : scaleParts(sum!, 1 / accumulate)
}

/** What a step knows before its update. The gradients are the caller's to dispose of. */
export interface StepResult {
  /** Mean loss, nats per token. */
  readonly loss: number
  /** Joint norm of the gradients, before clipping. */
  readonly gradientNorm: number
  readonly gradients: Record<string, tf.Tensor>
}

/** {@link lossAndGradients} with the loss and the gradients' norm read back. */
export async function stepGradients(
  model: Model,
  params: Parameters,
  batch: Batch,
  options: GradientOptions,
): Promise<StepResult> {
  const { loss, gradients } = lossAndGradients(model, params, batch, options)
  const norm = tf.tidy(() => globalNorm(Object.values(gradients)))
  const [[lossValue = Number.NaN], [gradientNorm = Number.NaN]] = await Promise.all([
    loss.data(),
    norm.data(),
  ])
  tf.dispose([loss, norm])
  return { loss: lossValue, gradientNorm, gradients }
}

/** The mean loss of a batch, without gradients and without dropout: a scalar tensor. */
export function batchLoss(model: Model, params: Parameters, batch: Batch): tf.Tensor {
  return tf.tidy(() => {
    const { inputs, targets } = tensors(batch)
    return model.loss(params, inputs, targets)
  })
}

function partGradients(
  model: Model,
  params: Parameters,
  batch: Batch,
  options: LossOptions,
): LossAndGradients {
  const { inputs, targets } = tensors(batch)
  const { value, grads } = tf.variableGrads(
    () => model.loss(params, inputs, targets, options),
    Object.values(params),
  )
  tf.dispose([inputs, targets])
  // TensorFlow.js names gradients by its own names of the variables.
  const gradients = Object.fromEntries(
    Object.entries(params).map(([name, variable]) => {
      const gradient = grads[variable.name]
      if (gradient === undefined) {
        throw new RangeError(
          `lossAndGradients: expected the loss to depend on ${name}, got no gradient for it`,
        )
      }
      return [name, gradient]
    }),
  )
  return { loss: value, gradients }
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

function addParts(a: LossAndGradients, b: LossAndGradients): LossAndGradients {
  const sum = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
    const total = addScaled(x, y, 1)
    tf.dispose([x, y])
    return total
  }
  return {
    loss: sum(a.loss, b.loss),
    gradients: Object.fromEntries(
      Object.entries(a.gradients).map(([name, x]) => [name, sum(x, b.gradients[name]!)]),
    ),
  }
}

function scaleParts({ loss, gradients }: LossAndGradients, factor: number): LossAndGradients {
  const scaled = (x: tf.Tensor): tf.Tensor => {
    const result = tf.mul(x, factor)
    x.dispose()
    return result
  }
  return {
    loss: scaled(loss),
    gradients: Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [name, scaled(gradient)]),
    ),
  }
}
