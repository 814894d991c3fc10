import type { tf } from '../tf.js'
import { type AttentionOptions, attentionAttributes, expectSequences } from './attention-options.js'
import { attentionReference, attentionReferenceGrad } from './attention-reference.js'
import { expectFloat, expectShape, shapeOf } from './check.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link attention}: those of any attention, and how much of a cache is filled. */
export interface CrossAttentionOptions extends AttentionOptions {
  /**
   * How many of the keys are valid, the first ones, when k and v are a preallocated cache; the last query stands at
   * key length - 1. All when absent.
   */
  readonly length?: number
}

/**
 * Scaled dot-product attention over heads packed side by side in the last axis: for each head,
 * `softmax(scale q k^T) v`. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * `k` and `v` may be longer than `q` (a key-value cache): the last query then stands at the last valid key.
 *
 * Kernels: `LlmAttention` -> [y, logSumExp of shape [batch, nHeads, queryTime]], `LlmAttentionGrad` -> [dq, dk, dv].
 *
 * @param q of shape [batch, queryTime, nHeads * headSize], float32
 * @param k of shape [batch, time, nKvHeads * headSize]
 * @param v of shape [batch, time, nKvHeads * headSize]
 * @returns shape [batch, queryTime, nHeads * headSize]
 * @throws TypeError or RangeError if the types, shapes or options do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { attention } = await import('./attention.js')
 * const q = tf.zeros([1, 2, 2])
 * const v = tf.tensor3d([[[2, 4], [4, 8]]])
 * expect(attention(q, q, v, { nHeads: 2 }).arraySync()).toEqual([[[2, 4], [3, 6]]])
 * ```
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  options: CrossAttentionOptions,
): tf.Tensor {
  const attributes = check(q, k, v, options)
  return differentiable({
    inputs: [q, k, v],
    forward: (save) => {
      const outputs = run('LlmAttention', { q, k, v }, attributes, () =>
        attentionReference({ q, k, v }, attributes),
      )
      const y = take(outputs, 0)
      save([q, k, v, y, take(outputs, 1)])
      return y
    },
    gradient: (dy, saved) => {
      const inputs = {
        dy,
        q: take(saved, 0),
        k: take(saved, 1),
        v: take(saved, 2),
        y: take(saved, 3),
        logSumExp: take(saved, 4),
      }
      return run('LlmAttentionGrad', inputs, attributes, () =>
        attentionReferenceGrad(inputs, attributes),
      )
    },
  })
}

function check(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: CrossAttentionOptions) {
  expectFloat('attention', 'q', q)
  expectFloat('attention', 'k', k)
  expectFloat('attention', 'v', v)
  expectSequences('attention', 'q', q)
  const [batch, queryTime = 0, width = 0] = q.shape
  const [keyBatch, time = 0, keyWidth] = k.shape
  const { length = time } = options
  if (!Number.isInteger(length) || length < 0 || length > time) {
    throw new RangeError(
      `attention: expected length to be a whole number up to the ${time} keys, got ${length}`,
    )
  }
  const attributes = attentionAttributes('attention', options, { width, queryTime, length })
  const expected = attributes.nKvHeads * attributes.headSize
  if (k.rank !== 3 || keyBatch !== batch || keyWidth !== expected) {
    throw new RangeError(
      `attention: expected k of shape [${batch}, time, ${expected}], got ${shapeOf(k)}`,
    )
  }
  expectShape('attention', 'v', v, k.shape)
  return attributes
}
