import { tf } from '../tf.js'
import { expectFloat, expectShape, shapeOf } from './check.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** How many heads the width is split into; must divide it. */
  readonly nHeads: number
  /** Whether a query sees only the keys up to its own position; true when absent. */
  readonly causal?: boolean
}

/**
 * Scaled dot-product attention over heads packed side by side in the last axis: for each head,
 * `softmax(q k^T / sqrt(dHead)) v`. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * `k` and `v` may be longer than `q` (a key-value cache): the last query then stands at the last key.
 *
 * Kernels: `LlmAttention` -> [y, logSumExp of shape [batch, nHeads, queryTime]], `LlmAttentionGrad` -> [dq, dk, dv].
 *
 * @param q of shape [batch, queryTime, width], float32
 * @param k of shape [batch, time, width]
 * @param v of shape [batch, time, width]
 * @returns shape [batch, queryTime, width]
 * @throws TypeError or RangeError if the types or shapes do not fit
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
  options: AttentionOptions,
): tf.Tensor {
  const { nHeads, causal = true } = options
  check(q, k, v, nHeads, causal)
  return differentiable({
    inputs: [q, k, v],
    forward: (save) => {
      const outputs = run('LlmAttention', { q, k, v }, { nHeads, causal }, () =>
        reference(q, k, v, nHeads, causal),
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
      return run('LlmAttentionGrad', inputs, { nHeads, causal }, () =>
        referenceGrad(inputs, nHeads, causal),
      )
    },
  })
}

function reference(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  nHeads: number,
  causal: boolean,
): tf.Tensor[] {
  const s = scores(split(q, nHeads), split(k, nHeads), causal)
  const largest = tf.max(s, -1, true)
  const exponentials = tf.exp(tf.sub(s, largest))
  const total = tf.sum(exponentials, -1, true)
  const y = tf.matMul(tf.div(exponentials, total), split(v, nHeads))
  return [merge(y, q.shape), tf.squeeze(tf.add(largest, tf.log(total)), [-1])]
}

function referenceGrad(
  inputs: Record<'dy' | 'q' | 'k' | 'v' | 'y' | 'logSumExp', tf.Tensor>,
  nHeads: number,
  causal: boolean,
): tf.Tensor[] {
  const { logSumExp } = inputs
  const [q, k, v] = [split(inputs.q, nHeads), split(inputs.k, nHeads), split(inputs.v, nHeads)]
  const [y, dy] = [split(inputs.y, nHeads), split(inputs.dy, nHeads)]
  const p = tf.exp(tf.sub(scores(q, k, causal), tf.expandDims(logSumExp, -1)))
  const dv = tf.matMul(p, dy, true, false)
  const dp = tf.matMul(dy, v, false, true)
  const ds = tf.mul(tf.mul(p, tf.sub(dp, tf.sum(tf.mul(dy, y), -1, true))), scale(q))
  const dq = tf.matMul(ds, k)
  const dk = tf.matMul(ds, q, true, false)
  return [merge(dq, inputs.q.shape), merge(dk, inputs.k.shape), merge(dv, inputs.v.shape)]
}

function scores(q: tf.Tensor4D, k: tf.Tensor4D, causal: boolean): tf.Tensor {
  const product = tf.mul(tf.matMul(q, k, false, true), scale(q))
  return causal ? tf.add(product, mask(q.shape[2], k.shape[2])) : product
}

function scale(q: tf.Tensor4D): number {
  return 1 / Math.sqrt(q.shape[3])
}

/** 0 where query i may see key j, minus infinity elsewhere. */
function mask(queryTime: number, time: number): tf.Tensor {
  const values = new Float32Array(queryTime * time)
  for (let i = 0; i < queryTime; i++) {
    const first = i + 1 + time - queryTime
    values.fill(-Infinity, i * time + first, (i + 1) * time)
  }
  return tf.tensor2d(values, [queryTime, time])
}

/** [batch, time, width] to [batch, nHeads, time, dHead]. */
function split(x: tf.Tensor, nHeads: number): tf.Tensor4D {
  const [batch = 0, time = 0, width = 0] = x.shape
  return tf.transpose(tf.reshape(x, [batch, time, nHeads, width / nHeads]), [0, 2, 1, 3])
}

function merge(x: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), shape)
}

function check(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, nHeads: number, causal: boolean): void {
  expectFloat('attention', 'q', q)
  expectFloat('attention', 'k', k)
  expectFloat('attention', 'v', v)
  const [batch, queryTime = 0, width = 0] = q.shape
  const [keyBatch, time = 0, keyWidth] = k.shape
  if (q.rank !== 3) {
    throw new RangeError(`attention: expected q of shape [batch, time, width], got ${shapeOf(q)}`)
  }
  if (k.rank !== 3 || keyBatch !== batch || keyWidth !== width) {
    throw new RangeError(
      `attention: expected k of shape [${batch}, time, ${width}] as q has, got ${shapeOf(k)}`,
    )
  }
  expectShape('attention', 'v', v, k.shape)
  if (!Number.isInteger(nHeads) || nHeads < 1 || width % nHeads !== 0) {
    throw new RangeError(`attention: expected nHeads to divide the width ${width}, got ${nHeads}`)
  }
  if (causal && time < queryTime) {
    throw new RangeError(
      `attention: expected at least as many keys as queries (${queryTime}) when causal, got ${time}`,
    )
  }
}
