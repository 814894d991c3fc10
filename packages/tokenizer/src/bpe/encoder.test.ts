import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bpeJson } from '../../test/bpe-json.js'
import { encodeReference } from '../reference/encode-reference.js'
import type { MergeRule } from '../reference/merge-reference.js'
import type { Tokenizer } from '../types.js'
import { trainBpe } from './train-bpe.js'

const text = readFileSync(new URL('../../test/fixtures/text.txt', import.meta.url), 'utf8')
const runs = ['a'.repeat(4096), ' '.repeat(1000), '中'.repeat(500)]
const tokenizer = await trainBpe([text, ...runs], { vocabularySize: 1500 })
const { rules, byteIds } = parts(tokenizer)

function parts(of: Tokenizer): { rules: MergeRule[]; byteIds: number[] } {
  const { merges, vocab } = bpeJson(of)
  const byteIds: number[] = []
  for (let id = 1; id < 257; id++) byteIds[of.tokenBytes(id)[0]!] = id
  return {
    rules: merges.map(([a, b]) => ({ left: vocab[a]!, right: vocab[b]!, product: vocab[a + b]! })),
    byteIds,
  }
}

test('encodes as by the book: random text, first and again from the cache', () => {
  const characters = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('a', 'e', ' ', 'the', 'tion', "'s", '\n', '中', 'é', '  ', 'aaaa', '١'),
  )
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 60 }), (list) => {
      const sample = list.join('')
      const wanted = encodeReference(rules, byteIds, sample)
      expect(Array.from(tokenizer.encode(sample))).toEqual(wanted)
      expect(Array.from(tokenizer.encode(sample))).toEqual(wanted)
    }),
    { numRuns: 150 },
  )
})

test('encodes as by the book: real text', () => {
  const sample = text.slice(8000, 11_000) + text.slice(20_000, 22_000)
  expect(Array.from(tokenizer.encode(sample))).toEqual(encodeReference(rules, byteIds, sample))
})

test('gives the same for a long text as for its parts: windows and caches leave no trace', () => {
  const lines = text.split('\n').map((line) => `${line}\n`)
  const long = Array.from({ length: 15 }, () => lines).flat()
  const joined = long.join('').trimEnd()
  const fresh = tokenizer.encode(joined)
  expect(joined.length).toBeGreaterThan(400_000)
  expect(tokenizer.decode(fresh)).toBe(joined)
  // A newline before a letter is a border of pieces; encode each stretch between two such alone.
  const stretches = joined.split(/(?<=[^\s]\n)(?=[A-Za-z])/)
  expect(stretches.length).toBeGreaterThan(300)
  expect(stretches.flatMap((part) => [...tokenizer.encode(part)])).toEqual([...fresh])
})

/**
 * The ids of one piece, merge by merge in order of rank over the whole row. The same as by the book for trained
 * merges, as what a merge makes is only used by later ones; linear in the text for the few merges that apply.
 */
function sweep(piece: string): Uint32Array {
  const bytes = new TextEncoder().encode(piece)
  const inside = new Set(Array.from(new Set(bytes), (byte) => byteIds[byte]!))
  const row = Uint32Array.from(bytes, (byte) => byteIds[byte]!)
  let n = row.length
  for (const { left, right, product } of rules) {
    if (!inside.has(left) || !inside.has(right)) continue
    inside.add(product)
    let to = 0
    for (let i = 0; i < n; i++) {
      if (row[i] === left && i + 1 < n && row[i + 1] === right) {
        row[to++] = product
        i++
      } else row[to++] = row[i]!
    }
    n = to
  }
  return row.slice(0, n)
}

function sameIds(long: string): void {
  expect(Array.from(sweep(long.slice(0, 300)))).toEqual(
    encodeReference(rules, byteIds, long.slice(0, 300)),
  )
  expect(tokenizer.encode(long).join()).toBe(sweep(long).join())
}

test.each([
  ['a', 1_000_000],
  [' ', 1_000_000],
  ['中', 100_000],
  ['^', 300_000],
])('encodes %j, many times over, right and in the end', (unit, times) => {
  sameIds(unit.repeat(times))
})

test('encodes a million random letters right and in the end', () => {
  let state = 12345
  const letters = Array.from({ length: 1_000_000 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return String.fromCharCode(97 + ((state >>> 16) % 26))
  })
  sameIds(letters.join(''))
})
