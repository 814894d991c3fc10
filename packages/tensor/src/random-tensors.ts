import { fillBits, type Key } from './key.js'
import { tf } from './tf.js'

/** Where the numbers of {@link normal} lie. */
export interface NormalOptions {
  /** 0 when absent. */
  readonly mean?: number
  /** 1 when absent. */
  readonly standardDeviation?: number
}

/**
 * Uniform numbers in [0, 1): multiples of 2^-24, float32, made on the host, so the same on every backend.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { key } = await import('./key.js')
 * const { uniform } = await import('./random-tensors.js')
 * expect(Array.from(uniform(key(1), [2]).dataSync(), (x) => x.toFixed(3))).toEqual(['0.970', '0.076'])
 * ```
 */
export function uniform(source: Key, shape: readonly number[]): tf.Tensor {
  return tf.tensor(uniformValues(source, count('uniform', shape)), [...shape], 'float32')
}

/**
 * Numbers from a normal distribution, float32, made on the host, so the same on every backend.
 * Box-Muller in double precision on pairs of uniform numbers.
 *
 * @throws RangeError if the standard deviation is negative or not finite
 */
export function normal(
  source: Key,
  shape: readonly number[],
  options: NormalOptions = {},
): tf.Tensor {
  const { mean = 0, standardDeviation = 1 } = options
  if (!(standardDeviation >= 0 && standardDeviation < Infinity)) {
    throw new RangeError(
      `normal: expected a finite standardDeviation >= 0, got ${standardDeviation}`,
    )
  }
  const values = normalValues(source, count('normal', shape), mean, standardDeviation)
  return tf.tensor(values, [...shape], 'float32')
}

/** The `n` numbers of {@link uniform} as an array. */
export function uniformValues(source: Key, n: number): Float32Array {
  const bits = fillBits(source, new Uint32Array(n))
  return Float32Array.from(bits, (word) => (word >>> 8) / 2 ** 24)
}

function normalValues(source: Key, n: number, mean: number, deviation: number): Float32Array {
  const bits = fillBits(source, new Uint32Array(n + (n % 2)))
  const values = new Float32Array(n)
  for (let i = 0; i < n; i += 2) {
    // From (0, 1], so that the logarithm is finite.
    const radius = deviation * Math.sqrt(-2 * Math.log(((bits[i] ?? 0) + 1) / 2 ** 32))
    const angle = (2 * Math.PI * (bits[i + 1] ?? 0)) / 2 ** 32
    values[i] = mean + radius * Math.cos(angle)
    if (i + 1 < n) values[i + 1] = mean + radius * Math.sin(angle)
  }
  return values
}

function count(name: string, shape: readonly number[]): number {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new RangeError(`${name}: expected a shape of integers >= 0, got [${shape}]`)
  }
  return shape.reduce((product, size) => product * size, 1)
}
