import { computePrecision } from '../precision.js'
import { tf } from '../tf.js'
import {
  expectFloat,
  expectIds,
  expectIdsBelow,
  expectRank,
  expectShape,
  lastSize,
  rowCount,
  shapeOf,
} from './check.js'
import { type CrossEntropyOptions, crossEntropy, expectZLoss } from './cross-entropy.js'
import { linear } from './linear.js'
import { differentiable, hasKernel, isRecording, runKernel, take } from './run.js'

/** Options of {@link linearCrossEntropy}. */
export interface LinearCrossEntropyOptions extends CrossEntropyOptions {
  /** The factor of the logits; 1 when absent, `1 / sqrt(width)` in PaLM. */
  readonly scale?: number
}

/**
 * {@link crossEntropy} of the logits `scale * x weight^T`, straight from hidden states and the head, which may be the
 * table of the embedding.
 *
 * Where the backend has a kernel, the logits never exist as a whole: it takes the positions in chunks, turns the logits
 * of a chunk into their gradient in place and multiplies it back before it makes the next. So in a gradient the forward
 * pass computes the gradients of x and weight too and keeps them, in memory of the size of x and weight, and the
 * backward pass only multiplies them, by nothing when the loss is what is differentiated. Without a gradient only the
 * loss is computed. A chunk holds at most 2^24 logits (64 MiB), or one position. Elsewhere the logits, [..., vocabulary],
 * and their gradient are made as a whole.
 *
 * Kernels: `LlmLinearCrossEntropy` -> [loss], or [loss, dx, dWeight] with the attribute `gradients`;
 * `LlmLinearCrossEntropyGrad` of dy, dx and dWeight -> [dx, dWeight].
 *
 * @param x of shape [..., width], float32
 * @param weight of shape [vocabulary, width]
 * @param targets of shape [...], int32
 * @returns a scalar
 * @throws TypeError or RangeError if the types or shapes do not fit or a target is out of range
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { linearCrossEntropy } = await import('./linear-cross-entropy.js')
 * const targets = tf.tensor1d([0, 7, 3], 'int32')
 * const loss = linearCrossEntropy(tf.ones([3, 4]), tf.ones([8, 4]), targets)
 * expect(loss.dataSync()[0]).toBeCloseTo(Math.log(8), 6)
 * ```
 */
export function linearCrossEntropy(
  x: tf.Tensor,
  weight: tf.Tensor,
  targets: tf.Tensor,
  options: LinearCrossEntropyOptions = {},
): tf.Scalar {
  check(x, weight, targets, options)
  if (!hasKernel('LlmLinearCrossEntropy')) return reference(x, weight, targets, options)
  const { ignoreIndex = -1, zLoss = 0, scale = 1 } = options
  const gradients = isRecording()
  const bfloat16 = computePrecision() === 'bfloat16'
  const loss = differentiable({
    inputs: [x, weight],
    forward: (save) => {
      const attributes = { ignoreIndex, zLoss, scale, gradients, bfloat16 }
      const outputs = runKernel('LlmLinearCrossEntropy', { x, weight, targets }, attributes)
      if (gradients) save([take(outputs, 1), take(outputs, 2)])
      return take(outputs, 0)
    },
    gradient: (dy, saved) => {
      const inputs = { dy, dx: take(saved, 0), dWeight: take(saved, 1) }
      return runKernel('LlmLinearCrossEntropyGrad', inputs, {})
    },
  })
  return loss.asScalar()
}

function reference(
  x: tf.Tensor,
  weight: tf.Tensor,
  targets: tf.Tensor,
  options: LinearCrossEntropyOptions,
): tf.Scalar {
  const { scale = 1, ...rest } = options
  const rows = tf.reshape(x, [rowCount(x), lastSize(x)])
  const logits = linear(rows, weight, undefined, { transposed: true })
  return crossEntropy(
    scale === 1 ? logits : tf.mul(logits, scale),
    tf.reshape(targets, [rowCount(x)]),
    rest,
  )
}

function check(
  x: tf.Tensor,
  weight: tf.Tensor,
  targets: tf.Tensor,
  options: LinearCrossEntropyOptions,
): void {
  const op = 'linearCrossEntropy'
  expectFloat(op, 'x', x)
  expectFloat(op, 'weight', weight)
  expectIds(op, 'targets', targets)
  expectRank(op, 'x', x, 1)
  const [vocabulary = 0, width] = weight.shape
  if (weight.rank !== 2 || width !== lastSize(x)) {
    throw new RangeError(
      `${op}: expected weight of shape [vocabulary, ${lastSize(x)}], got ${shapeOf(weight)}`,
    )
  }
  expectShape(op, 'targets', targets, x.shape.slice(0, -1))
  expectIdsBelow(op, 'targets', targets, vocabulary, options.ignoreIndex)
  expectZLoss(op, options.zLoss)
  if (options.scale !== undefined && !Number.isFinite(options.scale)) {
    throw new RangeError(`${op}: expected a finite scale, got ${options.scale}`)
  }
}
