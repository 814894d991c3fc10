import { random } from '@llm/data'

/** The hash functions of a signature: function i maps x to `multipliers[i] * x + offsets[i]` modulo 2^32. */
export interface HashFamily {
  /** Odd. */
  readonly multipliers: Uint32Array
  readonly offsets: Uint32Array
}

/**
 * Draws `count` hash functions; the same seed always gives the same ones.
 *
 * @throws {RangeError} when `count` is not a positive integer.
 */
export function hashFamily(count: number, seed = 1): HashFamily {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`hashFamily: expected count to be a positive integer, got ${count}`)
  }
  const multipliers = new Uint32Array(count)
  const offsets = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const draw = random(seed, 'minhash', i)
    multipliers[i] = draw.uint32() | 1
    offsets[i] = draw.uint32()
  }
  return { multipliers, offsets }
}

/**
 * MinHash signature of a set of 32-bit hashes: for each hash function the smallest value it takes on the set.
 *
 * The share of equal positions in two signatures estimates the Jaccard similarity of the sets (Broder 1997). All
 * arithmetic is in 32 bits; the values must already be well mixed, as those of `shingles` are. The signature of the
 * empty set is all 2^32 - 1.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { estimateJaccard, hashFamily, signature } = await import('./signature.js')
 * const { shingles } = await import('./shingles.js')
 * const family = hashFamily(128)
 * const text = 'it is a truth universally acknowledged that a single man in possession of a good fortune'
 * const a = signature(shingles(text), family)
 * const b = signature(shingles(`${text} must be in want of a wife`), family)
 * expect(estimateJaccard(a, a)).toBe(1)
 * expect(Math.abs(estimateJaccard(a, b) - 12 / 19)).toBeLessThan(0.15)
 * ```
 */
export function signature(set: ArrayLike<number>, family: HashFamily): Uint32Array {
  const { multipliers, offsets } = family
  const result = new Uint32Array(multipliers.length)
  // Function by function: the running minimum stays in a register.
  for (let k = 0; k < multipliers.length; k++) {
    const a = multipliers[k]!
    const b = offsets[k]!
    let smallest = 0xffffffff
    for (let i = 0; i < set.length; i++) {
      const value = (Math.imul(a, set[i]!) + b) >>> 0
      if (value < smallest) smallest = value
    }
    result[k] = smallest
  }
  return result
}

/**
 * Estimate of the Jaccard similarity of two sets from their signatures; its standard deviation is
 * sqrt(s (1 - s) / length).
 *
 * @throws {RangeError} when the signatures differ in length.
 */
export function estimateJaccard(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(
      `estimateJaccard: expected two signatures of one length, got ${a.length} and ${b.length}`,
    )
  }
  let equal = 0
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal++
  return equal / a.length
}
