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

test('cuts as the regular expression does: every assigned code point after a letter, a digit, a sign, a space', () => {
  const text = ['']
  for (let point = 0; point < 0xe0200; point++) {
    if (point === 0xd800) point = 0xe000
    // Nothing is assigned in between but private use, of which a few do.
    if (point === 0x33000) point = 0xe0000
    const c = String.fromCodePoint(point)
    text.push(`a${c}1${c}!${c} ${c}\n`)
  }
  const all = text.join('')
  const found = split(all)
  const wanted = all.match(regex) ?? []
  expect(found.filter((piece, i) => piece !== wanted[i]).slice(0, 3)).toEqual([])
  expect(found.length).toBe(wanted.length)
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
