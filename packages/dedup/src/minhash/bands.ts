import { mix } from '../hash.js'

/** How a signature is cut: `bands` pieces of `rows` values each. */
export interface Bands {
  readonly bands: number
  readonly rows: number
}

/**
 * One 32-bit hash for each band of a signature. Documents with an equal band are candidates for near-duplicates.
 *
 * @throws {RangeError} when the signature is shorter than `bands * rows`.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { bandHashes } = await import('./bands.js')
 * const a = bandHashes([1, 2, 3, 4], { bands: 2, rows: 2 })
 * const b = bandHashes([9, 9, 3, 4], { bands: 2, rows: 2 })
 * expect([a[0] === b[0], a[1] === b[1]]).toEqual([false, true])
 * ```
 */
export function bandHashes(signature: ArrayLike<number>, { bands, rows }: Bands): Uint32Array {
  if (signature.length < bands * rows) {
    throw new RangeError(`bandHashes: expected ${bands} * ${rows} values, got ${signature.length}`)
  }
  const hashes = new Uint32Array(bands)
  for (let band = 0; band < bands; band++) hashes[band] = bandHash(signature, band * rows, rows)
  return hashes
}

/** Hash of `rows` values from `start`. */
export function bandHash(values: ArrayLike<number>, start: number, rows: number): number {
  let h = 0x9e3779b9
  for (let i = start; i < start + rows; i++) h = mix((Math.imul(h, 31) + values[i]!) | 0)
  return h
}

/**
 * Probability that two sets of Jaccard similarity s share at least one band: 1 - (1 - s^rows)^bands.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { candidateProbability } = await import('./bands.js')
 * expect(candidateProbability(0.8, { bands: 14, rows: 8 })).toBeCloseTo(0.924, 3)
 * ```
 */
export function candidateProbability(similarity: number, { bands, rows }: Bands): number {
  return 1 - (1 - similarity ** rows) ** bands
}

/** The similarity near which the candidate probability rises most steeply: (1 / bands)^(1 / rows). */
export function bandThreshold({ bands, rows }: Bands): number {
  return (1 / bands) ** (1 / rows)
}
