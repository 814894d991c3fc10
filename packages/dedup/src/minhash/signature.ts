import { random } from '@llm/data/random'

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
  const values = set instanceof Uint32Array ? set : Uint32Array.from(set)
  const { multipliers } = family
  const result = new Uint32Array(multipliers.length)
  let k = 0
  for (; k + 4 <= multipliers.length; k += 4) fourMinima(values, family, k, result)
  for (; k < multipliers.length; k++)
    result[k] = minimum(values, multipliers[k]!, family.offsets[k]!)
  return result
}

function minimum(set: Uint32Array, multiplier: number, offset: number): number {
  let smallest = 0xffffffff
  for (let i = 0; i < set.length; i++) {
    const value = (Math.imul(multiplier, set[i]!) + offset) >>> 0
    if (value < smallest) smallest = value
  }
  return smallest
}

/**
 * The same for functions k to k + 3 at once, which takes half the time. With the sign bit flipped, signed 32-bit
 * integers, the ones that engines keep in registers, compare as the unsigned ones do.
 */
function fourMinima(
  set: Uint32Array,
  { multipliers, offsets }: HashFamily,
  k: number,
  result: Uint32Array,
): void {
  const a0 = multipliers[k]! | 0
  const a1 = multipliers[k + 1]! | 0
  const a2 = multipliers[k + 2]! | 0
  const a3 = multipliers[k + 3]! | 0
  const b0 = offsets[k]! ^ signBit
  const b1 = offsets[k + 1]! ^ signBit
  const b2 = offsets[k + 2]! ^ signBit
  const b3 = offsets[k + 3]! ^ signBit
  let s0 = 0x7fffffff
  let s1 = s0
  let s2 = s0
  let s3 = s0
  for (let i = 0; i < set.length; i++) {
    const x = set[i]! | 0
    const v0 = (Math.imul(a0, x) + b0) | 0
    const v1 = (Math.imul(a1, x) + b1) | 0
    const v2 = (Math.imul(a2, x) + b2) | 0
    const v3 = (Math.imul(a3, x) + b3) | 0
    if (v0 < s0) s0 = v0
    if (v1 < s1) s1 = v1
    if (v2 < s2) s2 = v2
    if (v3 < s3) s3 = v3
  }
  result[k] = s0 ^ signBit
  result[k + 1] = s1 ^ signBit
  result[k + 2] = s2 ^ signBit
  result[k + 3] = s3 ^ signBit
}

const signBit = 0x80000000 | 0

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
