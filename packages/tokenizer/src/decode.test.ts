import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeWith } from './decode.js'
import type { Decoding, TokenModel } from './model.js'
import { tokenTable } from './token-table.js'
import type { DecodeOptions } from './types.js'

const utf8 = new TextEncoder()
const bytes = (...texts: readonly string[]): Uint8Array[] => texts.map((text) => utf8.encode(text))
const names = ['<s>', ' a', ' b', 'c ', ' ', '']
const model: TokenModel = {
  kind: 'words',
  tokens: tokenTable([...bytes(...names), Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0x98, 0x80)]),
  specialTokens: new Map([['<s>', 0]]),
  unusedIds: new Set([5]),
  encode() {},
  rules: () => null,
  toJSON() {
    throw new Error('not asked for')
  },
}
/** At the front, spaces before words are left out. */
const first = tokenTable([
  ...bytes(...names.map((name) => name.trimStart())),
  Uint8Array.of(0xf0, 0x9f),
  Uint8Array.of(0x98, 0x80),
])

const ids = fc.array(fc.constantFrom(0, 1, 2, 3, 4, 6, 7), { maxLength: 8 })
const anyDecoding = fc.constantFrom<Decoding>(
  {},
  { first },
  { dropLastSpace: true },
  { first, dropLastSpace: true },
)
const anyOptions = fc.constantFrom<DecodeOptions>({}, { skipSpecialTokens: true })

test('the streaming decoder gives the text of decode, and decode the text of decodeBytes', () => {
  fc.assert(
    fc.property(ids, anyDecoding, anyOptions, (list, decoding, options) => {
      const { decode, decodeBytes, decoder } = decodeWith({ ...model, decoding })
      const text = decode(list, options)
      expect(text).toBe(Buffer.from(decodeBytes(list, options)).toString())
      const stream = decoder(options)
      for (let time = 0; time < 2; time++) {
        expect(list.map((id) => stream.push(id)).join('') + stream.end()).toBe(text)
      }
    }),
    { numRuns: 1000 },
  )
})

test('leaves out special tokens when asked', () => {
  const { decode } = decodeWith(model)
  expect(decode([0, 1, 0, 2])).toBe('<s> a<s> b')
  expect(decode([0, 1, 0, 2], { skipSpecialTokens: true })).toBe(' a b')
})

test('what comes first is the first that is not left out', () => {
  const { decode } = decodeWith({ ...model, decoding: { first } })
  expect(decode([1, 2])).toBe('a b')
  expect(decode([0, 1, 2])).toBe('<s> a b')
  expect(decode([0, 1, 2], { skipSpecialTokens: true })).toBe('a b')
})

test('one space at the very end is left out where it is an end-of-word mark', () => {
  const { decode, decoder } = decodeWith({ ...model, decoding: { dropLastSpace: true } })
  expect(decode([3, 3])).toBe('c c')
  expect(decode([3, 4])).toBe('c ')
  expect(decode([])).toBe('')
  const stream = decoder()
  expect([stream.push(3), stream.push(3), stream.end()]).toEqual(['c', ' c', ''])
})

test('an id that stands for nothing is an error', () => {
  const { decode, decodeBytes } = decodeWith(model)
  expect(() => decode([1, 5])).toThrow(
    'decode: expected ids from 0 to 7, got 5, which stands for nothing, at index 1',
  )
  expect(() => decodeBytes([8])).toThrow('decodeBytes: expected ids from 0 to 7, got 8 at index 0')
})
