import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CountedRow, learnMergesReference } from '../reference/learn-merges-reference.js'
import { type LearnOptions, learnMerges } from './learn-merges.js'
import type { SymbolRows } from './symbol-rows.js'

const letters = ['a', 'b', 'c', ' ', 'é', '##a', '##b', '##c', '##', 'a</w>']
const defaults: LearnOptions = {
  spellings: letters,
  firstId: letters.length,
  vocabularySize: 50,
  minFrequency: 1,
  maxTokenLength: Number.POSITIVE_INFINITY,
  reserved: new Set(),
  order: 'ids',
}

function pack(words: readonly CountedRow[]): SymbolRows {
  const offsets = new Uint32Array(words.length + 1)
  words.forEach(({ ids }, i) => {
    offsets[i + 1] = offsets[i]! + ids.length
  })
  return {
    symbols: Int32Array.from(words.flatMap(({ ids }) => ids)),
    offsets,
    counts: Float64Array.from(words, ({ count }) => count),
    size: words.length,
  }
}

function row(text: string, count: number): CountedRow {
  return { ids: Array.from(text, (letter) => letters.indexOf(letter)), count }
}

const words = fc.array(
  fc.record({
    ids: fc.array(fc.nat(letters.length - 1), { maxLength: 14 }),
    // Counts from 1,024 on are kept elsewhere.
    count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(1023, 1024, 5e9)),
  }),
  { maxLength: 12 },
)

/** As WordPiece spells: what continues a word loses its mark when something comes before it. */
function joinMarked(a: string, b: string): string {
  return a + (b.startsWith('##') ? b.slice(2) : b)
}

test('learns the same merges as by the book', () => {
  fc.assert(
    fc.property(
      words,
      fc.record({
        vocabularySize: fc.integer({ min: 5, max: 45 }),
        minFrequency: fc.integer({ min: 1, max: 4 }),
        maxTokenLength: fc.constantFrom(2, 3, 5, Number.POSITIVE_INFINITY),
        reserved: fc.constantFrom(new Set<string>(), new Set(['ab', 'aab'])),
        order: fc.constantFrom('ids' as const, 'bytes' as const, 'products' as const),
        join: fc.constantFrom(undefined, joinMarked),
        allows: fc.constantFrom(undefined, (name: string) => !name.includes('ca')),
      }),
      (rows, { join, allows, ...options }) => {
        const all = {
          ...defaults,
          ...options,
          ...(join === undefined ? {} : { join }),
          ...(allows === undefined ? {} : { allows }),
        }
        expect(learnMerges(pack(rows), all)).toEqual(learnMergesReference(rows, all))
      },
    ),
    { numRuns: 2000 },
  )
})

test('no two tokens are spelled the same, though letters may spell what marks them', () => {
  fc.assert(
    fc.property(words, (rows) => {
      const { spellings } = learnMerges(pack(rows), { ...defaults, join: joinMarked })
      expect(new Set(spellings).size).toBe(spellings.length)
    }),
    { numRuns: 1000 },
  )
})

test('counts beyond 32 bits, where other trainers overflow', () => {
  const rows = [row('ab', 3e9), row('c ', 2e9), row('éab', 2e9), row('bc', 4.5e9)]
  const { left } = learnMerges(pack(rows), { ...defaults, vocabularySize: letters.length + 2 })
  expect(Array.from(left, (id) => letters[id])).toEqual(['a', 'b'])
})

test('orders equally frequent pairs by ids, by bytes, or by what they make', () => {
  const rows = [row('ca', 1), row('bbb', 1), row(' b', 1), row('éa', 1)]
  const first = (order: LearnOptions['order']): string[] =>
    learnMerges(pack(rows), {
      ...defaults,
      order,
      vocabularySize: letters.length + 5,
    }).spellings.slice(letters.length)
  expect(first('ids')).toEqual(['bb', 'ca', ' b', 'éa', 'bbb'])
  expect(first('bytes')).toEqual(['bb', ' b', 'bbb', 'ca', 'éa'])
  expect(first('products')).toEqual(['bb', ' b', 'ca', 'éa', 'bbb'])
})

test('reports every merge', () => {
  const seen: number[] = []
  learnMerges(pack([row('abab', 1)]), { ...defaults, onMerge: (done) => seen.push(done) })
  expect(seen).toEqual([1, 2])
})
