import { tf } from './tf.js'

/** How products of matrices compute. */
export interface Precision {
  /**
   * 'float32', or 'bfloat16': the operands of products are rounded to bfloat16, to nearest and ties to even, and
   * their sums are float32.
   */
  readonly compute: 'float32' | 'bfloat16'
}

/**
 * Runs `f` with a precision for the products of `linear` and `linearCrossEntropy`, forward and backward: an op keeps
 * in its gradient the precision of its forward pass. Tensors, sums, weights, attention and everything else stay
 * float32. The scope ends when `f` returns; `f` may not be asynchronous.
 *
 * A backend without bfloat16 products rounds the operands to the same numbers and multiplies in float32.
 *
 * @param f what runs with that precision
 * @returns what f returns
 * @throws RangeError if compute is something else
 * @throws TypeError if f returns a promise
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('./tf.js')
 * const { linear } = await import('./ops/linear.js')
 * const { withPrecision } = await import('./precision.js')
 * const x = tf.tensor2d([[1 + 2 ** -9]])
 * const y = withPrecision({ compute: 'bfloat16' }, () => linear(x, tf.ones([1, 1])))
 * expect(y.dataSync()[0]).toBe(1)
 * ```
 */
export function withPrecision<T>({ compute }: Precision, f: () => T): T {
  if (compute !== 'float32' && compute !== 'bfloat16') {
    throw new RangeError(`withPrecision: expected compute 'float32' or 'bfloat16', got ${compute}`)
  }
  const before = current
  current = compute
  try {
    const result = f()
    if (result instanceof Promise) {
      throw new TypeError('withPrecision: expected a synchronous function, got one with a promise')
    }
    return result
  } finally {
    current = before
  }
}

/** What products compute in now. */
export function computePrecision(): Precision['compute'] {
  return current
}

let current: Precision['compute'] = 'float32'

/** The nearest bfloat16 of every element, by arithmetic in float32 (Veltkamp's splitting; Dekker 1971). */
export function roundToBfloat16(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scaled = tf.mul(x, 2 ** 16 + 1)
    const rounded = tf.sub(scaled, tf.sub(scaled, x))
    // Larger ones would overflow on the way; infinities and NaN stay what they are.
    return tf.where(tf.less(tf.abs(x), 2 ** 110), rounded, x)
  })
}
