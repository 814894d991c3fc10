import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jaccardOfSets, shingleStrings } from '../reference/shingle-strings.js'
import { bandHashes, bandThreshold, candidateProbability } from './bands.js'
import { jaccard } from './jaccard.js'
import { shingles } from './shingles.js'
import { estimateJaccard, hashFamily, signature } from './signature.js'

/** Texts of few different words, with punctuation, capitals and other scripts between them. */
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'B',
      'rose',
      'is',
      'É',
      'straße',
      '数',
      '٣',
      'x2',
      '😀',
      '𝒳',
      "don't",
      'İ',
      '-',
      '\n',
    ),
  )
  .map((words) => words.join(' '))

/** Two sets of random numbers with `common` elements of `all` in common. */
function pair(common: number, all: number, salt: number): [Uint32Array, Uint32Array] {
  const numbers = Array.from(
    { length: all },
    (_, i) => Math.imul(i + salt * 7919 + 1, 0x9e3779b1) >>> 0,
  )
  const mixed = numbers.map((x) => (Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) ^ (x >>> 7)) >>> 0)
  const half = (all - common) / 2
  return [
    Uint32Array.from(mixed.slice(0, common + half)),
    Uint32Array.from([...mixed.slice(0, common), ...mixed.slice(common + half)]),
  ]
}

describe('shingles', () => {
  it('hashes the set that the reference spells out', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 6 }), (a, b, size) => {
        const [x, y] = [shingles(a, { shingle: size }), shingles(b, { shingle: size })]
        const [s, t] = [shingleStrings(a, size), shingleStrings(b, size)]
        expect(x.length).toBe(s.size)
        expect(jaccard(x, y)).toBeCloseTo(jaccardOfSets(s, t), 12)
      }),
      { numRuns: 1000 },
    )
  })

  it('is ascending and without repeats', () => {
    const hashes = [...shingles('the rose is a rose is a rose is a rose', { shingle: 2 })]
    expect(hashes).toEqual([...new Set(hashes)].sort((a, b) => a - b))
    expect(hashes.length).toBe(4)
  })

  it('does not take one order of words for another', () => {
    expect(jaccard(shingles('a b c d e'), shingles('e d c b a'))).toBe(0)
    expect(jaccard(shingles('ab c', { shingle: 2 }), shingles('a bc', { shingle: 2 }))).toBe(0)
  })

  it('refuses a size that is no size', () => {
    expect(() => shingles('a', { shingle: 0 })).toThrow(
      'shingles: expected shingle to be a positive integer, got 0',
    )
  })
})

describe('signature', () => {
  it('is the minimum of (a x + b) mod 2^32, computed with big integers', () => {
    const family = hashFamily(19, 7)
    fc.assert(
      fc.property(fc.uint32Array({ minLength: 1, maxLength: 20 }), (set) => {
        const expected = Array.from({ length: 19 }, (_, k) => {
          const [a, b] = [BigInt(family.multipliers[k]!), BigInt(family.offsets[k]!)]
          const values = Array.from(set, (x) => Number((a * BigInt(x) + b) % 2n ** 32n))
          return Math.min(...values)
        })
        expect([...signature(set, family)]).toEqual(expected)
      }),
    )
  })

  it('gives the same functions for the same seed, others for another', () => {
    expect(hashFamily(8, 3)).toEqual(hashFamily(8, 3))
    expect(hashFamily(8, 3)).not.toEqual(hashFamily(8, 4))
    expect(hashFamily(8).multipliers.every((a) => a % 2 === 1)).toBe(true)
    expect([...hashFamily(16).multipliers.slice(0, 8)]).toEqual([...hashFamily(8).multipliers])
  })

  it.each([0.1, 0.3, 0.5, 0.7, 0.9])(
    'estimates a similarity of %d within the binomial error',
    (similarity) => {
      const [length, trials] = [256, 200]
      const all = 1000
      let sum = 0
      for (let trial = 0; trial < trials; trial++) {
        const [a, b] = pair(all * similarity, all, trial)
        const family = hashFamily(length, trial)
        const estimate = estimateJaccard(signature(a, family), signature(b, family))
        const deviation = Math.sqrt((similarity * (1 - similarity)) / length)
        expect(Math.abs(estimate - similarity)).toBeLessThan(5 * deviation)
        sum += estimate
      }
      const deviation = Math.sqrt((similarity * (1 - similarity)) / length / trials)
      expect(Math.abs(sum / trials - similarity)).toBeLessThan(4 * deviation)
    },
  )

  it('cannot compare signatures of different lengths', () => {
    expect(() => estimateJaccard([1], [1, 2])).toThrow(
      'estimateJaccard: expected two signatures of one length, got 1 and 2',
    )
  })
})

describe('bands', () => {
  it.each([0.5, 0.6, 0.7, 0.8])(
    'makes candidates of similarity %d as often as the formula says',
    (similarity) => {
      const shape = { bands: 14, rows: 8 }
      const trials = 2000
      let found = 0
      for (let trial = 0; trial < trials; trial++) {
        const [a, b] = pair(100 * similarity, 100, trial)
        const family = hashFamily(112, trial)
        const [x, y] = [
          bandHashes(signature(a, family), shape),
          bandHashes(signature(b, family), shape),
        ]
        if (x.some((hash, band) => hash === y[band])) found++
      }
      const probability = candidateProbability(similarity, shape)
      const deviation = Math.sqrt((probability * (1 - probability)) / trials)
      expect(Math.abs(found / trials - probability)).toBeLessThan(4 * deviation)
    },
  )

  it('has the threshold of FineWeb at 14 bands of 8', () => {
    expect(bandThreshold({ bands: 14, rows: 8 })).toBeCloseTo(0.719, 3)
  })

  it('refuses a signature that is too short', () => {
    expect(() => bandHashes([1, 2, 3], { bands: 2, rows: 2 })).toThrow(
      'bandHashes: expected 2 * 2 values, got 3',
    )
  })
})
