import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trainBpe } from './bpe/train-bpe.js'
import { bytesPerToken } from './bytes-per-token.js'
import { trainCharacters } from './characters/train-characters.js'
import type { Tokenizer } from './types.js'

const text = readFileSync(new URL('../test/fixtures/text.txt', import.meta.url), 'utf8')
const bpe = await trainBpe([text], { vocabularySize: 700 })
const characters = await trainCharacters([text], { unknown: '<|unknown|>' })
const end = '<|endoftext|>'

/** Any UTF-16, lone surrogates included. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', '\udc00', '\ufeff', '\u0000', '\r\n', '😀', end, ' the'),
    ),
  )
  .map((list) => list.join(''))

/** Lone surrogates replaced by U+FFFD. */
function wellFormed(sample: string): string {
  return Buffer.from(sample).toString()
}

test('bpe: decode gives back any text, with U+FFFD for lone surrogates', () => {
  fc.assert(
    fc.property(anyText, (sample) => {
      expect(bpe.decode(bpe.encode(sample))).toBe(wellFormed(sample))
      expect(bpe.decode(bpe.encode(sample, { allowedSpecial: 'all' }))).toBe(wellFormed(sample))
    }),
    { numRuns: 500 },
  )
})

test('both: count, encodeBatch, bytesPerToken agree with encode', () => {
  fc.assert(
    fc.property(anyText, (sample) => {
      for (const tokenizer of [bpe, characters]) {
        const ids = tokenizer.encode(sample)
        expect(tokenizer.count(sample)).toBe(ids.length)
        expect(tokenizer.encodeBatch([sample, 'x', sample])).toEqual([
          ids,
          tokenizer.encode('x'),
          ids,
        ])
      }
      const table = bytesPerToken(bpe)
      const total = bpe.encode(sample).reduce((sum, id) => sum + table[id]!, 0)
      expect(total).toBe(Buffer.byteLength(sample))
    }),
  )
})

test('special tokens come from ordinary text only when allowed', () => {
  const sample = `a${end}b`
  const id = bpe.specialTokens.get(end)!
  for (const tokenizer of [bpe, characters]) {
    expect([...tokenizer.encode(sample)]).not.toContain(id)
    expect([...tokenizer.encode(sample, { allowedSpecial: new Set([end]) })]).toContain(id)
    expect(tokenizer.decode(tokenizer.encode(sample, { allowedSpecial: 'all' }))).toBe(sample)
    expect(() => tokenizer.encode(sample, { disallowedSpecial: 'all' })).toThrow(
      'got one at index 1',
    )
    expect(() => tokenizer.count(sample, { disallowedSpecial: 'all' })).toThrow(
      'got one at index 1',
    )
    // A call that threw leaves nothing behind.
    expect(tokenizer.decode(tokenizer.encode('b'))).toBe('b')
  }
})

test('the streaming decoder gives the text of decode, for any ids, and never half a character', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(bpe.vocabularySize - 1)), (ids) => {
      const stream = bpe.decoder()
      const parts = ids.map((id) => stream.push(id))
      expect(parts.join('') + stream.end()).toBe(bpe.decode(ids))
    }),
    { numRuns: 500 },
  )
  const ids = bpe.encode('a😀é中b')
  const stream = bpe.decoder()
  const parts = [...ids].map((id) => stream.push(id))
  expect([...parts.join('')]).toEqual(['a', '😀', 'é', '中', 'b'])
  for (const part of parts) expect(part).toBe(wellFormed(part.replaceAll('\ufffd', '?')))
})

test('streaming decoders keep nothing from each other, nor from before end()', () => {
  const [first] = bpe.encode('😀')
  const half = bpe.decoder()
  expect(half.push(first!)).toBe('')
  expect(bpe.decode(bpe.encode('😀'))).toBe('😀')
  expect(bpe.decoder().push(bpe.encode('x')[0]!)).toBe('x')
  expect(half.end()).toBe('\ufffd')
  expect(half.push(bpe.encode('x')[0]!)).toBe('x')
  expect(half.end()).toBe('')
})

test('decode replaces what is not UTF-8 and keeps a byte order mark', () => {
  const ids = bpe.encode('😀')
  expect(bpe.decode(ids.subarray(0, 1))).toBe('\ufffd')
  expect(bpe.decode(bpe.encode('\ufeffhi'))).toBe('\ufeffhi')
  expect(bpe.decode([])).toBe('')
})

test('ids and texts that are none are refused by name', () => {
  const size = bpe.vocabularySize
  expect(() => bpe.decode([0, size])).toThrow(
    `decode: expected ids from 0 to ${size - 1}, got ${size} at index 1`,
  )
  expect(() => bpe.decode([-1])).toThrow('got -1')
  expect(() => bpe.decode([1.5])).toThrow('got 1.5')
  expect(() => bpe.decoder().push(size)).toThrow('decoder.push: expected ids')
  expect(() => bpe.tokenBytes(size)).toThrow('tokenBytes: expected ids')
  expect(() => bpe.encode(JSON.parse('null'))).toThrow(
    'encode: expected a string, bytes or parts, got null',
  )
  expect(() => bpe.count(JSON.parse('5'))).toThrow(
    'count: expected a string, bytes or parts, got number',
  )
})

test('tokenBytes gives a copy', () => {
  const id = bpe.encode('x')[0]!
  bpe.tokenBytes(id)[0] = 0
  expect([...bpe.tokenBytes(id)]).toEqual([0x78])
})

test('arrays that were handed out stay as they are', () => {
  const first = bpe.encode('one two')
  const copy = first.slice()
  bpe.encode('three four five')
  expect(first).toEqual(copy)
})

test('the hash follows what decides the ids', async () => {
  const same = await trainBpe([text], { vocabularySize: 700 })
  expect(same.hash).toBe(bpe.hash)
  expect(bpe.hash).toMatch(/^[0-9a-f]{64}$/)
  const others: Tokenizer[] = [
    await trainBpe([text], { vocabularySize: 701 }),
    await trainBpe([text], { vocabularySize: 700, specialTokens: ['<|end|>'] }),
    await trainCharacters([text]),
    characters,
  ]
  expect(new Set([bpe, ...others].map((each) => each.hash)).size).toBe(5)
})
