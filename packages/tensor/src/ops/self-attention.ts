import { tf } from '../tf.js'
import { type AttentionOptions, attentionAttributes, expectSequences } from './attention-options.js'
import { attentionReference, attentionReferenceGrad } from './attention-reference.js'
import { expectFloat, lastSize, shapeOf } from './check.js'
import { differentiable, run, take } from './run.js'

/**
 * {@link attention} of positions over themselves, with queries, keys and values side by side in one tensor, as one
 * product makes them: first all heads of q, then those of k, then those of v. The gradient is one such tensor too.
 *
 * Kernels: `LlmSelfAttention` -> [y, logSumExp of shape [batch, nHeads, time]], `LlmSelfAttentionGrad` -> [dQkv].
 *
 * @param qkv of shape [batch, time, (nHeads + 2 nKvHeads) * headSize], float32
 * @returns shape [batch, time, nHeads * headSize]
 * @throws TypeError or RangeError if the type, shape or options do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { selfAttention } = await import('./self-attention.js')
 * const qkv = tf.tensor3d([[[0, 0, 2], [0, 0, 4]]])
 * expect(selfAttention(qkv, { nHeads: 1 }).arraySync()).toEqual([[[2], [3]]])
 * ```
 */
export function selfAttention(qkv: tf.Tensor, options: AttentionOptions): tf.Tensor {
  expectFloat('selfAttention', 'qkv', qkv)
  expectSequences('selfAttention', 'qkv', qkv)
  const { nHeads, nKvHeads = nHeads } = options
  const time = qkv.shape[1] ?? 0
  const heads = nHeads + 2 * nKvHeads
  // Numbers of heads that are none have their own message below.
  if (Number.isSafeInteger(heads) && heads > 0 && lastSize(qkv) % heads !== 0) {
    throw new RangeError(
      `selfAttention: expected qkv of a width that nHeads + 2 nKvHeads = ${heads} divides, got ${shapeOf(qkv)}`,
    )
  }
  const width = (lastSize(qkv) * nHeads) / heads
  const sizes = { width, queryTime: time, length: time }
  const attributes = attentionAttributes('selfAttention', options, sizes)
  const widths = [width, nKvHeads * attributes.headSize, nKvHeads * attributes.headSize]
  const unpack = (x: tf.Tensor) => {
    const parts = tf.split(x, widths, 2)
    return { q: take(parts, 0), k: take(parts, 1), v: take(parts, 2) }
  }
  return differentiable({
    inputs: [qkv],
    forward: (save) => {
      const outputs = run('LlmSelfAttention', { qkv }, attributes, () =>
        attentionReference(unpack(qkv), attributes),
      )
      const y = take(outputs, 0)
      save([qkv, y, take(outputs, 1)])
      return y
    },
    gradient: (dy, saved) => {
      const inputs = { dy, qkv: take(saved, 0), y: take(saved, 1), logSumExp: take(saved, 2) }
      return run('LlmSelfAttentionGrad', inputs, attributes, () => {
        const gradients = attentionReferenceGrad({ ...inputs, ...unpack(inputs.qkv) }, attributes)
        return [tf.concat(gradients, 2)]
      })
    },
  })
}
