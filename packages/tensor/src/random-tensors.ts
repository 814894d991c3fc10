import { cosineAndSine, log, normalDistribution, normalQuantile } from './elementary.js'
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

/** Where the numbers of {@link truncatedNormal} lie. */
export interface TruncatedNormalOptions extends NormalOptions {
  /** The smallest number, in standard deviations from the mean; -2 when absent. */
  readonly lower?: number
  /** The largest number, in standard deviations from the mean; 2 when absent. */
  readonly upper?: number
}

/**
 * Numbers from a normal distribution, float32, made on the host in double precision from functions that are the same
 * to the last bit in every engine: so are the numbers, on every backend. Box-Muller on pairs of uniform numbers.
 *
 * @throws RangeError if the standard deviation is negative or not finite
 */
export function normal(
  source: Key,
  shape: readonly number[],
  options: NormalOptions = {},
): tf.Tensor {
  const { mean = 0, standardDeviation = 1 } = options
  expectDeviation('normal', standardDeviation)
  const values = normalValues(source, count('normal', shape), mean, standardDeviation)
  return tf.tensor(values, [...shape], 'float32')
}

/**
 * Numbers from a normal distribution cut off on both sides, float32, the same on every backend and in every engine.
 * Element i depends on the key and i alone: it is the quantile of the normal distribution at a uniform number between
 * the shares below `lower` and `upper`. `standardDeviation` is that of the distribution before it is cut; cut at 2 on
 * both sides the numbers have 0.8796 of it.
 *
 * @throws RangeError if the standard deviation is negative or not finite, or no number lies between the limits
 * @example
 * ```ts @import.meta.vitest
 * const { key } = await import('./key.js')
 * const { truncatedNormal } = await import('./random-tensors.js')
 * const weight = truncatedNormal(key(1), [64, 64], { standardDeviation: 0.02 })
 * expect(weight.abs().max().dataSync()[0]).toBeLessThanOrEqual(Math.fround(0.04))
 * ```
 */
export function truncatedNormal(
  source: Key,
  shape: readonly number[],
  options: TruncatedNormalOptions = {},
): tf.Tensor {
  const { mean = 0, standardDeviation = 1, lower = -2, upper = 2 } = options
  expectDeviation('truncatedNormal', standardDeviation)
  // In the tail of smaller shares, where they are exact; numbers there come out with the other sign.
  const sign = lower > 0 ? -1 : 1
  const [from, to] = sign > 0 ? [lower, upper] : [-upper, -lower]
  const [below, above] = [normalDistribution(from), normalDistribution(to)]
  if (!(lower < upper && below < above)) {
    throw new RangeError(
      `truncatedNormal: expected lower below upper and within 37 of 0, got ${lower} and ${upper}`,
    )
  }
  const bits = fillBits(source, new Uint32Array(count('truncatedNormal', shape)))
  const values = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) {
    const share = below + (above - below) * (((bits[i] ?? 0) + 0.5) / 2 ** 32)
    const z = Math.min(Math.max(normalQuantile(share), from), to)
    values[i] = mean + standardDeviation * sign * z
  }
  return tf.tensor(values, [...shape], 'float32')
}

/** The `n` numbers of {@link uniform} as an array. */
export function uniformValues(source: Key, n: number): Float32Array {
  const bits = fillBits(source, new Uint32Array(n))
  const values = new Float32Array(n)
  for (let i = 0; i < n; i++) values[i] = ((bits[i] ?? 0) >>> 8) / 2 ** 24
  return values
}

function normalValues(source: Key, n: number, mean: number, deviation: number): Float32Array {
  const bits = fillBits(source, new Uint32Array(n + (n % 2)))
  const values = new Float32Array(n)
  for (let i = 0; i < n; i += 2) {
    // From (0, 1], so that the logarithm is finite.
    const radius = deviation * Math.sqrt(-2 * log(((bits[i] ?? 0) + 1) / 2 ** 32))
    const [cosine, sine] = cosineAndSine(bits[i + 1] ?? 0)
    values[i] = mean + radius * cosine
    if (i + 1 < n) values[i + 1] = mean + radius * sine
  }
  return values
}

function expectDeviation(name: string, standardDeviation: number): void {
  if (!(standardDeviation >= 0 && standardDeviation < Infinity)) {
    throw new RangeError(
      `${name}: expected a finite standardDeviation >= 0, got ${standardDeviation}`,
    )
  }
}

function count(name: string, shape: readonly number[]): number {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new RangeError(`${name}: expected a shape of integers >= 0, got [${shape}]`)
  }
  return shape.reduce((product, size) => product * size, 1)
}
