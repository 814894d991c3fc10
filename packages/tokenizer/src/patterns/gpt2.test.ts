import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gpt2Regex } from '../reference/gpt2-regex.js'
import { gpt2Pattern } from './gpt2.js'

const regex = gpt2Regex()
const { next } = gpt2Pattern()
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

function split(text: string): string[] {
  const bytes = new TextEncoder().encode(text)
  const pieces: string[] = []
  for (let p = 0; p < bytes.length; ) {
    const q = next(bytes, p, bytes.length)
    pieces.push(utf8.decode(bytes.subarray(p, q)))
    p = q
  }
  return pieces
}

const characters = fc.oneof(
  fc.constantFrom(' ', '\n', '\t', "'", 's', 't', 'r', 'e', 'v', 'l', 'm', 'd', 'a', '1', '!', '.'),
  fc.constantFrom(
    '\u0085',
    '\u00a0',
    '\u3000',
    '\ufeff',
    '\u2028',
    '\u200b',
    'é',
    'ſ',
    '中',
    'ⅷ',
    '٣',
    '😀',
    '𝔘',
    '𝟙',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)

test('cuts as the regular expression does: random text', () => {
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 40 }), (list) => {
      const text = list.join('')
      expect(split(text)).toEqual(text.match(regex) ?? [])
    }),
    { numRuns: 3000 },
  )
})

test('cuts as the regular expression does: every Unicode scalar value after a letter, a digit, a sign, a space', () => {
  for (const before of ['a', '1', '!', ' ', '  ', "'"]) {
    for (let from = 0; from < 0x110000; from += 0x1000) {
      let text = ''
      for (let point = from; point < from + 0x1000; point++) {
        if (point < 0xd800 || point >= 0xe000) text += before + String.fromCodePoint(point)
      }
      const found = split(text)
      const wanted = text.match(regex) ?? []
      if (found.join('\u0000') !== wanted.join('\u0000')) expect(found).toEqual(wanted)
    }
  }
})

test('cuts as the regular expression does: real text in many scripts, and code', () => {
  const text = readFileSync(new URL('../../test/fixtures/text.txt', import.meta.url), 'utf8')
  expect(text.length).toBeGreaterThan(20_000)
  expect(split(text)).toEqual(text.match(regex))
})

test('cuts as Unicode says where JavaScript regular expressions differ', () => {
  expect(split('don\u0027\u017fa \u0085\u0085b \ufeff\ufeffc')).toEqual([
    'don',
    "'",
    '\u017fa',
    ' \u0085',
    '\u0085',
    'b',
    ' \ufeff\ufeff',
    'c',
  ])
})
