import { tf } from '../tf.js'
import {
  expectFloat,
  expectIds,
  expectIdsBelow,
  expectRank,
  expectShape,
  lastSize,
  rowCount,
} from './check.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /** Positions with this target do not count (padding, prompts); none when absent. */
  readonly ignoreIndex?: number
  /**
   * Adds `zLoss * mean(logSumExp(logits)^2)`, which keeps the logits from drifting; 0 when absent, PaLM takes 1e-4.
   * Chowdhery et al. 2022, https://arxiv.org/abs/2204.02311
   */
  readonly zLoss?: number
}

/**
 * The mean negative log-likelihood of the targets in nats: `mean(logSumExp(logits) - logits[target])` over the
 * positions that count, and the z-loss over the same. 0, with zero gradients, when none counts (where PyTorch gives
 * NaN). Makes no one-hot of the targets.
 *
 * Kernels: `LlmCrossEntropy` -> [loss, logSumExp of shape [rows], count], `LlmCrossEntropyGrad`; the attribute
 * `ignoreIndex` is -1 where there is none, which no target can be.
 *
 * @param logits of shape [..., vocabulary], float32
 * @param targets of shape [...], int32
 * @returns a scalar
 * @throws TypeError or RangeError if the types or shapes do not fit or a target is out of range
 * @see linearCrossEntropy, which needs no logits
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { crossEntropy } = await import('./cross-entropy.js')
 * const loss = crossEntropy(tf.zeros([3, 8]), tf.tensor1d([0, 7, 3], 'int32'))
 * expect(loss.dataSync()[0]).toBeCloseTo(Math.log(8), 6)
 * ```
 */
export function crossEntropy(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: CrossEntropyOptions = {},
): tf.Scalar {
  const { ignoreIndex = -1, zLoss = 0 } = options
  check(logits, targets, options)
  const loss = differentiable({
    inputs: [logits],
    forward: (save) => {
      const outputs = run('LlmCrossEntropy', { logits, targets }, { ignoreIndex, zLoss }, () =>
        reference(logits, targets, ignoreIndex, zLoss),
      )
      save([logits, targets, take(outputs, 1), take(outputs, 2)])
      return take(outputs, 0)
    },
    gradient: (dy, saved) => {
      const inputs = {
        dy,
        logits: take(saved, 0),
        targets: take(saved, 1),
        logSumExp: take(saved, 2),
        count: take(saved, 3),
      }
      return run('LlmCrossEntropyGrad', inputs, { ignoreIndex, zLoss }, () => [
        referenceGrad(inputs, ignoreIndex, zLoss),
      ])
    },
  })
  return loss.asScalar()
}

function reference(
  logits: tf.Tensor,
  targets: tf.Tensor,
  ignoreIndex: number,
  zLoss: number,
): tf.Tensor[] {
  const rows = rowCount(logits)
  if (rows === 0) return [tf.scalar(0), tf.zeros([0]), tf.scalar(0)]
  const flat = tf.reshape(logits, [rows, lastSize(logits)])
  const counts = counted(targets, rows, ignoreIndex)
  const logSumExp = tf.logSumExp(flat, 1)
  const chosen = tf.gatherND(flat, positions(targets, rows, counts))
  const count = tf.sum(counts)
  const likelihood = tf.sub(logSumExp, chosen)
  const all = zLoss === 0 ? likelihood : tf.add(likelihood, tf.mul(tf.square(logSumExp), zLoss))
  // where(), not a product: a position that does not count may hold infinities.
  const losses = tf.where(tf.greater(counts, 0), all, tf.zerosLike(all))
  return [tf.div(tf.sum(losses), tf.maximum(count, 1)), logSumExp, count]
}

function referenceGrad(
  inputs: Record<'dy' | 'logits' | 'targets' | 'logSumExp' | 'count', tf.Tensor>,
  ignoreIndex: number,
  zLoss: number,
): tf.Tensor {
  const { dy, logits, targets, logSumExp, count } = inputs
  const [rows, vocabulary] = [rowCount(logits), lastSize(logits)]
  if (rows === 0) return tf.zeros(logits.shape)
  const flat = tf.reshape(logits, [rows, vocabulary])
  const counts = counted(targets, rows, ignoreIndex)
  const weight = tf.mul(counts, tf.div(dy, tf.maximum(count, 1)))
  const softmax = tf.exp(tf.sub(flat, tf.expandDims(logSumExp, 1)))
  const expected = tf.scatterND(positions(targets, rows, counts), weight, [rows, vocabulary])
  const slope = tf.mul(weight, tf.add(tf.mul(logSumExp, 2 * zLoss), 1))
  const weights = tf.expandDims(zLoss === 0 ? weight : slope, 1)
  const spread = tf.where(
    tf.broadcastTo(tf.greater(tf.expandDims(counts, 1), 0), [rows, vocabulary]),
    tf.mul(softmax, weights),
    tf.zerosLike(flat),
  )
  return tf.reshape(tf.sub(spread, expected), logits.shape)
}

/** 1 for the positions that count, 0 for the others. */
function counted(targets: tf.Tensor, rows: number, ignoreIndex: number): tf.Tensor {
  return tf.cast(
    tf.notEqual(tf.reshape(targets, [rows]), tf.scalar(ignoreIndex, 'int32')),
    'float32',
  )
}

/** [row, target] of every row, with target 0 where the position does not count. */
function positions(targets: tf.Tensor, rows: number, counts: tf.Tensor): tf.Tensor {
  const safe = tf.mul(tf.reshape(targets, [rows]), tf.cast(counts, 'int32'))
  return tf.stack([tf.range(0, rows, 1, 'int32'), safe], 1)
}

function check(logits: tf.Tensor, targets: tf.Tensor, options: CrossEntropyOptions): void {
  expectFloat('crossEntropy', 'logits', logits)
  expectIds('crossEntropy', 'targets', targets)
  expectRank('crossEntropy', 'logits', logits, 1)
  expectShape('crossEntropy', 'targets', targets, logits.shape.slice(0, -1))
  expectIdsBelow('crossEntropy', 'targets', targets, lastSize(logits), options.ignoreIndex)
  expectZLoss('crossEntropy', options.zLoss)
}

/** @throws RangeError unless the factor is a finite number >= 0 */
export function expectZLoss(op: string, zLoss = 0): void {
  if (!(zLoss >= 0 && zLoss < Infinity)) {
    throw new RangeError(`${op}: expected a finite zLoss >= 0, got ${zLoss}`)
  }
}
