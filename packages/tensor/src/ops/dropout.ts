import { forbid } from '../capture/record.js'
import type { Key } from '../key.js'
import { uniform } from '../random-tensors.js'
import { tf } from '../tf.js'
import { expectFloat } from './check.js'
import { differentiable, run, take } from './run.js'

/**
 * Sets each element to 0 with probability `rate` and divides the others by `1 - rate`.
 * The key alone decides which: element i is dropped where number i of {@link uniform} is below the rate, so the same
 * key drops the same elements on every backend, forward and backward.
 * Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 *
 * Kernel: `LlmDropout` with the attributes `rate`, `high`, `low` (the key), also for the gradient.
 *
 * @param x of any shape, float32
 * @param rate from 0 to below 1; 0 returns x unchanged
 * @param key a key used for nothing else
 * @throws TypeError or RangeError if x is not float32 or the rate is out of range
 * @example
 * ```ts @import.meta.vitest
 * const { key } = await import('../key.js')
 * const { tf } = await import('../tf.js')
 * const { dropout } = await import('./dropout.js')
 * expect(dropout(tf.ones([4]), 0.5, key(1)).arraySync()).toEqual([2, 0, 0, 0])
 * ```
 */
export function dropout(x: tf.Tensor, rate: number, key: Key): tf.Tensor {
  expectFloat('dropout', 'x', x)
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`dropout: expected a rate from 0 to below 1, got ${rate}`)
  }
  if (rate === 0) return tf.clone(x)
  forbid('it uses a key')
  return differentiable({
    inputs: [x],
    forward: () => apply(x, rate, key),
    gradient: (dy) => [apply(dy, rate, key)],
  })
}

function apply(x: tf.Tensor, rate: number, key: Key): tf.Tensor {
  const attributes = { rate, high: key.high, low: key.low }
  return take(
    run('LlmDropout', { x }, attributes, () => [reference(x, rate, key)]),
    0,
  )
}

function reference(x: tf.Tensor, rate: number, key: Key): tf.Tensor {
  const kept = tf.greaterEqual(uniform(key, x.shape), rate)
  return tf.where(kept, tf.mul(x, 1 / (1 - rate)), tf.zerosLike(x))
}
