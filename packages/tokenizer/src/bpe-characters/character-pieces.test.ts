import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdBuffer } from '../id-buffer.js'
import { encodeCharactersReference } from '../reference/encode-characters-reference.js'
import { bytePiece } from '../sentencepiece/model-file.js'
import { characterPieces } from './character-pieces.js'
import type { CharacterVocabulary } from './vocabulary.js'

const alphabet = ['a', 'b', '\u2581', 'é', '😀', '\ufffd']

/** Vocabularies with any merges of what is there, also such as no training would give. */
const vocabularies = fc
  .record({
    pairs: fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 14 }),
    prefix: fc.constantFrom('', '##'),
    suffix: fc.constantFrom('', '</w>'),
    hasUnknown: fc.boolean(),
    fuseUnknown: fc.boolean(),
    bytes: fc.constantFrom(0, 200, 256),
    ignoreMerges: fc.boolean(),
    missing: fc.subarray(alphabet),
  })
  .map(({ pairs, prefix, suffix, hasUnknown, bytes, missing, ...rest }): CharacterVocabulary => {
    const names = hasUnknown ? ['<unk>'] : []
    for (let byte = 0; byte < bytes; byte++) names.push(bytePiece(byte))
    for (const character of alphabet) {
      if (missing.includes(character)) continue
      for (const before of new Set(['', prefix])) {
        for (const after of new Set(['', suffix])) names.push(before + character + after)
      }
    }
    const first = hasUnknown ? 1 + bytes : bytes
    const ids = new Map(names.map((name, id) => [name, id]))
    const merges: [number, number, number][] = []
    const seen = new Set<string>()
    for (const [x, y] of pairs) {
      if (names.length === first) break
      const a = first + (x % (names.length - first))
      const b = first + (y % (names.length - first))
      if (seen.has(`${a},${b}`) || names[b]!.startsWith('##') !== (prefix !== '')) continue
      seen.add(`${a},${b}`)
      const name = names[a]! + names[b]!.slice(prefix.length)
      const known = ids.get(name)
      if (known === undefined) ids.set(name, names.push(name) - 1)
      merges.push([a, b, known ?? names.length - 1])
    }
    if (hasUnknown) ids.delete('<unk>')
    return {
      ...rest,
      ids,
      prefix,
      suffix,
      unknown: hasUnknown ? 0 : undefined,
      byteFallback: bytes > 0,
      left: Int32Array.from(merges, ([a]) => a),
      right: Int32Array.from(merges, ([, b]) => b),
      product: Int32Array.from(merges, ([, , id]) => id),
    }
  })

const pieces = fc
  .array(fc.constantFrom(...alphabet, '\u2581', 'a', 'b', 'ab', 'x', '\n', '\ud800'), {
    minLength: 1,
    maxLength: 90,
  })
  .map((parts) => parts.join(''))

function ids(run: (out: IdBuffer) => void): number[] | string {
  const out = new IdBuffer()
  out.push(7)
  try {
    run(out)
  } catch (error) {
    return error instanceof RangeError ? 'RangeError' : 'another error'
  }
  return Array.from(out.take()).slice(1)
}

test('encodes as by the book, first and again from the cache, with spans and without', () => {
  fc.assert(
    fc.property(
      vocabularies,
      fc.array(pieces, { minLength: 1, maxLength: 3 }),
      (vocabulary, list) => {
        const model = characterPieces(vocabulary)
        for (const piece of [...list, ...list]) {
          const wanted = ids((out) => {
            for (const id of encodeCharactersReference(vocabulary, piece)) out.push(id)
          })
          expect(ids((out) => model.encode(piece, out))).toEqual(wanted)
          expect(ids((out) => model.encode(piece, out, new IdBuffer()))).toEqual(wanted)
        }
      },
    ),
    { numRuns: 1500 },
  )
})

test('cuts a whole text into words only where that changes nothing', () => {
  const of = (...merges: string[]): string[] => {
    const letters = ['a', 'b', '\u2581']
    const names = [...letters, ...merges]
    const part = (name: string): number[] => {
      const cut = names.findIndex(
        (start) =>
          name.startsWith(start) && names.includes(name.slice(start.length)) && start !== name,
      )
      return [cut, names.indexOf(name.slice(names[cut]!.length)), names.indexOf(name)]
    }
    const rules = merges.map(part)
    const model = characterPieces({
      ids: new Map(names.map((name, id) => [name, id])),
      left: Int32Array.from(rules, ([a]) => a!),
      right: Int32Array.from(rules, ([, b]) => b!),
      product: Int32Array.from(rules, ([, , c]) => c!),
      prefix: '',
      suffix: '',
      unknown: undefined,
      fuseUnknown: false,
      byteFallback: false,
      ignoreMerges: false,
    })
    const out = new IdBuffer()
    model.encode('ab\u2581\u2581a\u2581b', out)
    return Array.from(out.take(), (id) => names[id]!)
  }
  expect(of('ab', '\u2581\u2581', '\u2581b')).toEqual(['ab', '\u2581\u2581', 'a', '\u2581b'])
  expect(of('b\u2581', '\u2581b')).toEqual(['a', 'b\u2581', '\u2581', 'a', '\u2581b'])
})

test('spans are those of the characters, also of their bytes and of fused unknowns', () => {
  const names = ['<unk>', 'a', 'é', 'aé', '<0xF0>', '<0x9F>', '<0x98>', '<0x80>']
  const model = characterPieces({
    ids: new Map(names.slice(1).map((name, i) => [name, i + 1])),
    left: Int32Array.of(1),
    right: Int32Array.of(2),
    product: Int32Array.of(3),
    prefix: '',
    suffix: '',
    unknown: 0,
    fuseUnknown: true,
    byteFallback: true,
    ignoreMerges: false,
  })
  const out = new IdBuffer()
  const spans = new IdBuffer()
  model.encode('aéxyz😀aé', out, spans)
  // The bytes come before the unknown characters, as in tokenizers.
  expect([...out.take()]).toEqual([3, 4, 5, 6, 7, 0, 3])
  expect([...spans.take()]).toEqual([0, 2, 5, 7, 5, 7, 5, 7, 5, 7, 2, 5, 7, 9])
})

test('dropout leaves out all merges, some, or none, with spans that cover the piece', () => {
  fc.assert(
    fc.property(vocabularies, pieces, (vocabulary, piece) => {
      fc.pre(vocabulary.unknown !== undefined)
      const model = characterPieces({ ...vocabulary, ignoreMerges: false })
      const plain = ids((out) => model.encode(piece, out))
      const never = { rate: 0, random: () => 0.5 }
      expect(ids((out) => model.encode(piece, out, undefined, never))).toEqual(plain)
      const noMerges = characterPieces({
        ...vocabulary,
        ignoreMerges: false,
        left: new Int32Array(),
        right: new Int32Array(),
        product: new Int32Array(),
      })
      const always = { rate: 1, random: () => 0.5 }
      expect(ids((out) => model.encode(piece, out, undefined, always))).toEqual(
        ids((out) => noMerges.encode(piece, out)),
      )
      let state = 1
      const half = {
        rate: 0.5,
        random: () => {
          state = (state * 16807) % 2147483647
          return state / 2147483647
        },
      }
      const out = new IdBuffer()
      const spans = new IdBuffer()
      model.encode(piece, out, spans, half)
      expect(spans.length).toBe(2 * out.length)
      expect(Math.max(...spans.take())).toBe(piece.length)
    }),
  )
})

test('a million characters without a space take no more than their share', () => {
  const names = ['a', 'aa', 'aaaa', '\u2581']
  const model = characterPieces({
    ids: new Map(names.map((name, id) => [name, id])),
    left: Int32Array.of(0, 1),
    right: Int32Array.of(0, 1),
    product: Int32Array.of(1, 2),
    prefix: '',
    suffix: '',
    unknown: undefined,
    fuseUnknown: false,
    byteFallback: false,
    ignoreMerges: false,
  })
  const out = new IdBuffer()
  model.encode('a'.repeat(1_000_001), out)
  expect(out.length).toBe(250_001)
  expect(out.array[250_000]).toBe(0)
})
