import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patternRegex } from '../reference/pattern-regex.js'
import { type PatternName, pattern } from './patterns.js'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const names: PatternName[] = ['gpt2', 'cl100k', 'o200k', 'llama3', 'qwen2', 'nanochat']

function split(name: PatternName, text: string): string[] {
  const { next } = pattern(name)
  const bytes = new TextEncoder().encode(text)
  const pieces: string[] = []
  for (let p = 0; p < bytes.length; ) {
    const q = next(bytes, p, bytes.length, true)
    pieces.push(utf8.decode(bytes.subarray(p, q)))
    p = q
  }
  return pieces
}

const characters = fc.oneof(
  fc.constantFrom(
    ' ',
    '\n',
    '\r',
    '\t',
    "'",
    's',
    't',
    'r',
    'e',
    'v',
    'l',
    'm',
    'd',
    'a',
    '1',
    '!',
    '/',
  ),
  fc.constantFrom(
    "'S",
    "'ſ",
    "'rE",
    "'LL",
    'A',
    'Z',
    'ǅ',
    'ʰ',
    '\u0301',
    '\u0300',
    'Ⓐ',
    'ª',
    'Я',
    'я',
    '.',
  ),
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
const texts = fc.array(characters, { maxLength: 40 }).map((list) => list.join(''))

describe.each(names)('%s', (name) => {
  const regex = patternRegex(name)

  test('cuts as the regular expression does: random text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(split(name, text)).toEqual(text.match(regex) ?? [])
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
      text.push(`a${c}1${c}!${c}B ${c}A\n`)
    }
    const all = text.join('')
    const found = split(name, all)
    const wanted = all.match(regex) ?? []
    expect(found.filter((piece, i) => piece !== wanted[i]).slice(0, 3)).toEqual([])
    expect(found.length).toBe(wanted.length)
  })

  test('cuts as the regular expression does: real text in many scripts, and code', () => {
    const text = readFileSync(new URL('../../test/fixtures/text.txt', import.meta.url), 'utf8')
    expect(text.length).toBeGreaterThan(20_000)
    expect(split(name, text)).toEqual(text.match(regex))
  })

  test('decides before it has seen all only what the rest cannot change', () => {
    const { next } = pattern(name)
    let decided = 0
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = new TextEncoder().encode(text)
        let p = 0
        while (p < bytes.length) {
          const q = next(bytes, p, bytes.length, true)
          for (let end = p + 1; end < bytes.length; end++) {
            if (((bytes[end] as number) & 0xc0) === 0x80) continue
            const early = next(bytes.slice(0, end), p, end, false)
            if (early >= 0) decided++
            expect(early === -1 || early === q).toBe(true)
          }
          p = q
        }
      }),
      { numRuns: 1000 },
    )
    expect(decided).toBeGreaterThan(5_000)
  })

  test('takes time in proportion to the text, whatever it repeats', () => {
    for (const unit of [
      'a',
      'A',
      '\u0301',
      '中',
      ' ',
      '\n',
      ' \n',
      '\u0301A',
      '!',
      '1',
      "'",
      "A'",
      '\u00a0',
    ]) {
      const size = 300_000
      const bytes = new TextEncoder().encode(`${unit.repeat(size / unit.length)}x`)
      const { next } = pattern(name)
      const started = performance.now()
      for (let p = 0; p < bytes.length; ) p = next(bytes, p, bytes.length, true)
      expect({ unit, slow: performance.now() - started > 500 }).toEqual({ unit, slow: false })
    }
  })
})

test('cuts as Unicode says where JavaScript regular expressions differ', () => {
  expect(split('gpt2', 'don\u0027\u017fa \u0085\u0085b \ufeff\ufeffc')).toEqual([
    'don',
    "'",
    '\u017fa',
    ' \u0085',
    '\u0085',
    'b',
    ' \ufeff\ufeff',
    'c',
  ])
  expect(split('cl100k', 'don\u0027\u017fa')).toEqual(['don', '\u0027\u017f', 'a'])
})

test('what tells the patterns apart', () => {
  expect(split('cl100k', 'a\n  ')).toEqual(['a', '\n  '])
  expect(split('llama3', 'a\n  ')).toEqual(['a', '\n', '  '])
  expect(split('llama3', '12345')).toEqual(['123', '45'])
  expect(split('nanochat', '12345')).toEqual(['12', '34', '5'])
  expect(split('qwen2', '123')).toEqual(['1', '2', '3'])
  expect(split('o200k', "HelloWorld's //\n")).toEqual(['Hello', "World's", ' //\n'])
  expect(split('cl100k', "HelloWorld's")).toEqual(['HelloWorld', "'s"])
})
