import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learnMergesReference } from '../reference/learn-merges-reference.js'
import { type LearnOptions, learnMerges } from './learn-merges.js'
import type { PieceCounts } from './piece-counter.js'

const byteIds = Uint32Array.from({ length: 256 }, (_, byte) => byte)
const defaults: LearnOptions = {
  byteIds,
  firstId: 256,
  vocabularySize: 300,
  minFrequency: 1,
  maxTokenLength: Number.POSITIVE_INFINITY,
  reserved: new Set(),
}

function pack(pieces: ReadonlyMap<string, number>): PieceCounts {
  const encoded = [...pieces.keys()].map((piece) => new TextEncoder().encode(piece))
  const offsets = new Uint32Array(encoded.length + 1)
  encoded.forEach((bytes, i) => {
    offsets[i + 1] = offsets[i]! + bytes.length
  })
  const bytes = Uint8Array.from(encoded.flatMap((each) => [...each]))
  return { bytes, offsets, counts: Float64Array.from(pieces.values()), size: pieces.size }
}

const pieces = fc
  .dictionary(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'é'), minLength: 1, maxLength: 14 }),
    fc.integer({ min: 1, max: 5 }),
    { maxKeys: 12, noNullPrototype: true },
  )
  .map((counts) => new Map(Object.entries(counts)))

test('learns the same merges as by the book', () => {
  fc.assert(
    fc.property(
      pieces,
      fc.record({
        vocabularySize: fc.integer({ min: 256, max: 290 }),
        minFrequency: fc.integer({ min: 1, max: 4 }),
        maxTokenLength: fc.constantFrom(2, 3, 5, Number.POSITIVE_INFINITY),
        reserved: fc.constantFrom(new Set<string>(), new Set(['ab', 'aab'])),
      }),
      (counts, options) => {
        const all = { ...defaults, ...options }
        expect(learnMerges(pack(counts), all)).toEqual(learnMergesReference(counts, all))
      },
    ),
    { numRuns: 1500 },
  )
})

test('no two merges spell the same token', () => {
  fc.assert(
    fc.property(pieces, (counts) => {
      const { left, right } = learnMerges(pack(counts), { ...defaults, vocabularySize: 400 })
      const spelling = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
      left.forEach((a, i) => {
        spelling.push(spelling[a]! + spelling[right[i]!]!)
      })
      expect(new Set(spelling).size).toBe(spelling.length)
    }),
    { numRuns: 1500 },
  )
})

test('counts beyond 32 bits, where other trainers overflow', () => {
  const counts = new Map([
    ['ab', 3e9],
    ['cd', 2e9],
    ['xab', 2e9],
    ['yz', 4.5e9],
  ])
  const { left } = learnMerges(pack(counts), { ...defaults, vocabularySize: 258 })
  expect(Array.from(left, (byte) => String.fromCharCode(byte))).toEqual(['a', 'y'])
})

test('reports every merge', () => {
  const seen: number[] = []
  learnMerges(pack(new Map([['abab', 1]])), { ...defaults, onMerge: (done) => seen.push(done) })
  expect(seen).toEqual([1, 2])
})
