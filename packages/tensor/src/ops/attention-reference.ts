import { uniform } from '../random-tensors.js'
import { tf } from '../tf.js'
import type { AttentionAttributes } from './attention-options.js'

type Inputs<Name extends string> = Readonly<Record<Name, tf.Tensor>>

/** Attention made of TensorFlow.js ops: [y, logSumExp]. */
export function attentionReference(
  inputs: Inputs<'q' | 'k' | 'v'>,
  attributes: AttentionAttributes,
): tf.Tensor[] {
  const { q, k, v } = heads(inputs, attributes)
  const s = scores(q, k, attributes)
  const largest = tf.max(s, -1, true)
  const exponentials = tf.exp(tf.sub(s, largest))
  const total = tf.sum(exponentials, -1, true)
  const y = tf.matMul(drop(tf.div(exponentials, total), attributes), v)
  return [merge(y, inputs.q.shape), tf.squeeze(tf.add(largest, tf.log(total)), [-1])]
}

/** The gradients [dq, dk, dv]. */
export function attentionReferenceGrad(
  inputs: Inputs<'dy' | 'q' | 'k' | 'v' | 'y' | 'logSumExp'>,
  attributes: AttentionAttributes,
): tf.Tensor[] {
  const { nHeads, scale } = attributes
  const { q, k, v } = heads(inputs, attributes)
  const [y, dy] = [split(inputs.y, nHeads), split(inputs.dy, nHeads)]
  const p = tf.exp(tf.sub(scores(q, k, attributes), tf.expandDims(inputs.logSumExp, -1)))
  const dv = tf.matMul(drop(p, attributes), dy, true, false)
  const dp = drop(tf.matMul(dy, v, false, true), attributes)
  const ds = tf.mul(tf.mul(p, tf.sub(dp, tf.sum(tf.mul(dy, y), -1, true))), scale)
  const dq = tf.matMul(ds, k)
  const dk = tf.matMul(ds, q, true, false)
  const ofKeys = (x: tf.Tensor) => fit(ungroup(x, attributes), inputs.k.shape)
  return [merge(dq, inputs.q.shape), ofKeys(dk), ofKeys(dv)]
}

/** q, k and v as [batch, nHeads, time, headSize]: the valid keys, each for every head that uses them. */
function heads(
  { q, k, v }: Inputs<'q' | 'k' | 'v'>,
  { nHeads, nKvHeads, length }: AttentionAttributes,
): Record<'q' | 'k' | 'v', tf.Tensor4D> {
  const ofKeys = (x: tf.Tensor): tf.Tensor4D => {
    const [batch = 0, , width = 0] = x.shape
    const valid = tf.slice(x, [0, 0, 0], [batch, length, width])
    const parts = split(valid, nKvHeads)
    if (nKvHeads === nHeads) return parts
    const group = nHeads / nKvHeads
    const size = width / nKvHeads
    const grouped = tf.reshape(parts, [batch * nKvHeads, 1, length * size])
    return tf.reshape(tf.tile(grouped, [1, group, 1]), [batch, nHeads, length, size])
  }
  return { q: split(q, nHeads), k: ofKeys(k), v: ofKeys(v) }
}

/** The sum over the heads that share keys, as [batch, length, nKvHeads * headSize]. */
function ungroup(x: tf.Tensor, { nHeads, nKvHeads, headSize }: AttentionAttributes): tf.Tensor {
  const [batch = 0, , length = 0] = x.shape
  const group = nHeads / nKvHeads
  const grouped = tf.reshape(x, [batch * nKvHeads, group, length * headSize])
  const sums = tf.reshape(tf.sum(grouped, 1), [batch, nKvHeads, length, headSize])
  return merge(sums, [batch, length, nKvHeads * headSize])
}

/** Zeros for the keys that are not valid. */
function fit(x: tf.Tensor, [, time = 0]: number[]): tf.Tensor {
  const missing = time - (x.shape[1] ?? 0)
  if (missing === 0) return x
  return tf.pad(x, [
    [0, 0],
    [0, missing],
    [0, 0],
  ])
}

function scores(q: tf.Tensor4D, k: tf.Tensor4D, attributes: AttentionAttributes): tf.Tensor {
  const product = tf.mul(tf.matMul(q, k, false, true), attributes.scale)
  const { causal, window } = attributes
  if (!causal && window === 0) return product
  return tf.add(product, mask(q.shape[2], k.shape[2], causal, window))
}

/** 0 where query i may see key j, minus infinity elsewhere. */
function mask(queryTime: number, time: number, causal: boolean, window: number): tf.Tensor {
  const values = new Float32Array(queryTime * time).fill(-Infinity)
  for (let i = 0; i < queryTime; i++) {
    const position = i + time - queryTime
    const first = window === 0 ? 0 : Math.max(0, position + 1 - window)
    const end = Math.min(causal ? position + 1 : time, window === 0 ? time : position + window)
    values.fill(0, i * time + first, i * time + end)
  }
  return tf.tensor2d(values, [queryTime, time])
}

/** Dropout of weights, or of their gradient: [batch, nHeads, queryTime, length]. */
function drop(x: tf.Tensor, { dropout, high, low }: AttentionAttributes): tf.Tensor {
  if (dropout === 0) return x
  const kept = tf.greaterEqual(uniform({ high, low }, x.shape), dropout)
  return tf.where(kept, tf.mul(x, 1 / (1 - dropout)), tf.zerosLike(x))
}

/** [batch, time, width] to [batch, n, time, width / n]. */
function split(x: tf.Tensor, n: number): tf.Tensor4D {
  const [batch = 0, time = 0, width = 0] = x.shape
  return tf.transpose(tf.reshape(x, [batch, time, n, width / n]), [0, 2, 1, 3])
}

function merge(x: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), shape)
}
