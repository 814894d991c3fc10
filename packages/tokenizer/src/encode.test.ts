import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trainBpe } from './bpe/train-bpe.js'
import { trainCharacters } from './characters/train-characters.js'
import type { EncodeOptions, TextPart, Tokenizer } from './types.js'

const text = readFileSync(new URL('../test/fixtures/text.txt', import.meta.url), 'utf8')
const end = '<|endoftext|>'
const bpe = await trainBpe([text], { vocabularySize: 700 })
const characters = await trainCharacters([text], { unknown: '<|unknown|>' })
const both: readonly Tokenizer[] = [bpe, characters]
const utf8 = new TextEncoder()

/** Any UTF-16, lone surrogates included. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', '\udc00', '\ufeff', '\r\n', '😀', end, ' the', '  '),
    ),
  )
  .map((list) => list.join(''))

const anyPolicy = fc.constantFrom<EncodeOptions>({}, { allowedSpecial: 'all' })

test('bytes of a text are the text', () => {
  fc.assert(
    fc.property(anyText, anyPolicy, (sample, policy) => {
      for (const tokenizer of both) {
        expect(tokenizer.encode(utf8.encode(sample), policy)).toEqual(
          tokenizer.encode(sample, policy),
        )
      }
    }),
  )
})

test('bytes that are not UTF-8 come back as they are, special tokens among them', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom(end, ' the', '\n', '😀', '\ufffd', ' ').map((part) => utf8.encode(part)),
  )
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), anyPolicy, (chunks, policy) => {
      const bytes = Uint8Array.from(Buffer.concat(chunks))
      const ids = bpe.encode(bytes, policy)
      expect(bpe.decodeBytes(ids)).toEqual(bytes)
      const { ids: same, starts, ends } = bpe.encodeWithOffsets(bytes, { unit: 'bytes', ...policy })
      expect(same).toEqual(ids)
      ids.forEach((id, i) => {
        expect(bytes.slice(starts[i], ends[i])).toEqual(bpe.tokenBytes(id))
      })
    }),
    { numRuns: 1000 },
  )
  expect(
    [...bpe.encode(Uint8Array.of(0xff, ...utf8.encode(end)), { allowedSpecial: 'all' })].at(-1),
  ).toBe(bpe.specialTokens.get(end))
})

test('characters take bytes that are not UTF-8 for U+FFFD', () => {
  const bytes = Uint8Array.of(0x61, 0xf0, 0x9f, 0x62)
  expect(characters.encode(bytes)).toEqual(characters.encode('a\ufffdb'))
  expect(() => characters.encodeWithOffsets(bytes)).toThrow('expected bytes that are UTF-8')
  expect(() => bpe.encodeWithOffsets(bytes)).toThrow("others; ask for unit: 'bytes'")
})

test('parts are the one text that they make, each with its policy', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyText, fc.boolean()), { maxLength: 5 }), (list) => {
      const joined = list.map(([part]) => part).join('')
      for (const tokenizer of both) {
        expect(tokenizer.encode(list.map(([part]) => ({ text: part })))).toEqual(
          tokenizer.encode(joined),
        )
        // Spoilt where it is not trusted, so that all may be allowed in the rest.
        const trusted = list.map(([part, allowed]) =>
          allowed ? part : part.replaceAll(end, `<|endof\u0001text|>`),
        )
        const parts = list.map(
          ([part, allowed]): TextPart => ({
            text: part,
            allowedSpecial: allowed ? 'all' : new Set(),
          }),
        )
        const id = tokenizer.specialTokens.get(end)
        const wanted = tokenizer.encode(trusted.join(''), { allowedSpecial: 'all' })
        expect(tokenizer.encode(parts).filter((each) => each === id).length).toBe(
          wanted.filter((each) => each === id).length,
        )
      }
    }),
  )
  const id = bpe.specialTokens.get(end)!
  const chat = [{ text: end, allowedSpecial: 'all' }, { text: ` hi${end}` }] as const
  expect([...bpe.encode(chat)]).toEqual([id, ...bpe.encode(` hi${end}`)])
  expect([...bpe.encode([{ text: end }, chat[1]], { allowedSpecial: 'all' })]).toEqual([
    id,
    ...bpe.encode(' hi'),
    id,
  ])
  expect(() => bpe.encode([{ text: 'a' }, chat[1]], { disallowedSpecial: 'all' })).toThrow(
    'index 4',
  )
  expect([...bpe.encode([])]).toEqual([])
})

test('offsets in UTF-16 units cover the text, and each slice holds the characters of its id', () => {
  fc.assert(
    fc.property(anyText, anyPolicy, (sample, policy) => {
      for (const tokenizer of both) {
        const { ids, starts, ends } = tokenizer.encodeWithOffsets(sample, policy)
        expect(ids).toEqual(tokenizer.encode(sample, policy))
        let covered = 0
        ids.forEach((id, i) => {
          expect(starts[i]).toBeLessThanOrEqual(covered)
          const slice = Buffer.from(sample.slice(starts[i], ends[i]))
          const bytes = tokenizer.tokenBytes(id)
          if (tokenizer === bpe) expect(slice.indexOf(bytes)).toBeGreaterThanOrEqual(0)
          covered = ends[i]!
        })
        expect(covered).toBe(sample.length)
      }
    }),
    { numRuns: 500 },
  )
})

test('offsets in bytes are exact for bytes, and whole characters for characters', () => {
  fc.assert(
    fc.property(anyText, anyPolicy, (sample, policy) => {
      const bytes = utf8.encode(sample)
      const { ids, starts, ends } = bpe.encodeWithOffsets(sample, { unit: 'bytes', ...policy })
      ids.forEach((id, i) => {
        expect(bytes.slice(starts[i], ends[i])).toEqual(bpe.tokenBytes(id))
      })
      const whole = characters.encodeWithOffsets(sample, { unit: 'bytes', ...policy })
      const units = characters.encodeWithOffsets(sample, policy)
      whole.ids.forEach((_, i) => {
        expect(bytes.slice(whole.starts[i], whole.ends[i])).toEqual(
          utf8.encode(sample.slice(units.starts[i], units.ends[i])),
        )
      })
    }),
    { numRuns: 300 },
  )
})

test('encodeInto writes ids or, if they do not fit, nothing', async () => {
  const wanted = bpe.encode(text)
  const wide = new Uint32Array(wanted.length + 2).fill(7)
  expect(bpe.encodeInto(text, wide)).toBe(wanted.length)
  expect(wide.subarray(0, wanted.length)).toEqual(wanted)
  expect([...wide.subarray(wanted.length)]).toEqual([7, 7])
  const narrow = new Uint16Array(wanted.length)
  expect(bpe.encodeInto(text, narrow)).toBe(wanted.length)
  expect(Array.from(narrow)).toEqual(Array.from(wanted))
  const short = new Uint32Array(wanted.length - 1)
  expect(() => bpe.encodeInto(text, short)).toThrow(
    `encodeInto: expected room for ${wanted.length} ids, got ${wanted.length - 1}`,
  )
  expect(short.every((id) => id === 0)).toBe(true)
  const many = await trainCharacters([
    Array.from({ length: 66_000 }, (_, i) => String.fromCodePoint(0x10000 + i)).join(''),
  ])
  const last = String.fromCodePoint(0x10000 + 65_999)
  expect(() => many.encodeInto(`\u{10000}${last}`, new Uint16Array(2))).toThrow(
    'expected ids below 65536 for a Uint16Array, got 66000; the 2 ids need a Uint32Array',
  )
  expect(many.encodeInto('\u{10000}', new Uint16Array(2))).toBe(1)
})

test('countUpTo is count, or undefined beyond the limit', () => {
  fc.assert(
    fc.property(anyText, fc.nat(50), anyPolicy, (sample, limit, policy) => {
      for (const tokenizer of both) {
        const count = tokenizer.count(sample, policy)
        expect(tokenizer.countUpTo(sample, limit, policy)).toBe(count > limit ? undefined : count)
      }
    }),
  )
  const count = bpe.count(text)
  for (const limit of [count - 1, count, count + 1]) {
    expect(bpe.countUpTo(text, limit)).toBe(limit < count ? undefined : count)
  }
  expect(() => bpe.countUpTo('a', -1)).toThrow('countUpTo: expected a limit of at least 0, got -1')
})

test('options that are none are refused by name', () => {
  expect(() => bpe.encode('a', { dropout: 2 })).toThrow(
    'encode: expected dropout from 0 to 1, got 2',
  )
  expect(() => characters.count('a', { dropout: 0.1 })).toThrow(
    'count: expected no dropout, got 0.1: the kind "characters" has no merges to leave out',
  )
  expect(() => bpe.encodeWithOffsets('a', JSON.parse('{"unit":"chars"}'))).toThrow(
    "expected unit 'utf16' or 'bytes', got \"chars\"",
  )
  expect(() => bpe.encode(JSON.parse('["a"]'))).toThrow('encode: expected parts { text }')
})

test('dropout: other cuts of the same text, the same for the same seed', () => {
  const sample = text.slice(0, 2000)
  const ids = bpe.encode(sample, { dropout: 0.2, seed: 1 })
  expect(bpe.encode(sample, { dropout: 0.2, seed: 1 })).toEqual(ids)
  expect(bpe.encode(sample, { dropout: 0.2, seed: 2 })).not.toEqual(ids)
  expect(bpe.decode(ids)).toBe(sample)
  expect(ids.length).toBeGreaterThan(bpe.encode(sample).length)
  expect(bpe.encode(sample, { dropout: 0 })).toEqual(bpe.encode(sample))
  expect(bpe.encode(sample, { dropout: 1 }).length).toBe(utf8.encode(sample).length)
  const [first, second] = bpe.encodeBatch([sample, sample], { dropout: 0.2 })
  expect(first).not.toEqual(second)
  expect(bpe.encodeBatch([sample, sample], { dropout: 0.2 })).toEqual([first, second])
  const placed = bpe.encodeWithOffsets(sample, { dropout: 0.2, seed: 1, unit: 'bytes' })
  expect(placed.ids).toEqual(ids)
  expect(placed.ends.at(-1)).toBe(utf8.encode(sample).length)
})

test('tokenId finds tokens by text, bytes or name', () => {
  for (let id = 0; id < bpe.vocabularySize; id++) {
    const bytes = bpe.tokenBytes(id)
    if (!bpe.decode([id]).includes('\ufffd')) expect(bpe.tokenId(bpe.decode([id]))).toBe(id)
    if (id !== bpe.specialTokens.get(end)) expect(bpe.tokenId(bytes)).toBe(id)
  }
  expect(bpe.tokenId('no such token')).toBeUndefined()
  expect(bpe.tokenId('')).toBeUndefined()
  expect(characters.tokenId('e')).toBe(characters.encode('e')[0])
})
