import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { trainBpe } from '../bpe/train-bpe.js'
import { loadTokenizer } from '../load-tokenizer.js'
import { findRegex } from './find-regex.js'
import { knownPattern, regexOf } from './known.js'
import type { PatternName } from './patterns.js'
import { type PatternRule, patternOf, readRule, regexesOf, regexRule } from './rule.js'

const text = readFileSync(new URL('../../test/fixtures/text.txt', import.meta.url), 'utf8')
const names: PatternName[] = ['gpt2', 'cl100k', 'o200k', 'llama3', 'qwen2', 'nanochat']
/** tiktoken's own, which is not written for Oniguruma. */
const CL100K = String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`

function split(rule: PatternRule, text: string): string[] {
  const { next } = patternOf(rule)
  const bytes = new TextEncoder().encode(text)
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  const pieces: string[] = []
  for (let p = 0; p < bytes.length; ) {
    const q = next(bytes, p, bytes.length, true)
    pieces.push(utf8.decode(bytes.subarray(p, q)))
    p = q
  }
  return pieces
}

test.each(names)('%s: the scanner cuts as its regular expression, in either syntax', (name) => {
  // A group around it keeps it from being known.
  const regex = `(?:${regexOf[name]})`
  expect(knownPattern(regex, 'oniguruma')).toBeUndefined()
  const texts = [
    text,
    `${text.slice(0, 300)}\n  `,
    "a\n\n  \r\n b'S 'ſ 1234567 x²·\u0301A\u0301B //\n",
  ]
  for (const text of texts) {
    expect(split({ regex }, text)).toEqual(split(name, text))
    expect(split({ regex, syntax: 'rust' }, text)).toEqual(split(name, text))
  }
})

test('known expressions are taken by name, others as they are, with a syntax only where it matters', () => {
  for (const name of names) {
    expect(regexRule(regexOf[name], 'oniguruma')).toBe(name)
    expect(regexRule(regexOf[name], 'rust')).toBe(name)
  }
  expect(regexRule(CL100K, 'rust')).toBe('cl100k')
  expect(regexRule(CL100K, 'oniguruma')).toEqual({ regex: CL100K })
  expect(regexRule('a+|\\s', 'rust')).toEqual({ regex: 'a+|\\s' })
  expect(regexRule('a{1,2}+', 'rust')).toEqual({ regex: 'a{1,2}+', syntax: 'rust' })
  expect(() => regexesOf({ regex: 'a{1,2}+', syntax: 'rust' })).toThrow(
    /means the same in a tokenizer.json/,
  )
  expect(() => regexRule('(a', 'rust')).toThrow(/expected a \) for the \( at offset 0/)
})

test('options that are not patterns are refused', () => {
  // @ts-expect-error not a name
  expect(() => readRule('trainBpe', 'gpt5')).toThrow(
    /trainBpe: expected pattern to be one of gpt2, cl100k/,
  )
  // @ts-expect-error not a regular expression
  expect(() => readRule('trainBpe', { regex: 1 })).toThrow(TypeError)
  // @ts-expect-error an object that everything inherits from
  expect(() => readRule('trainBpe', '__proto__')).toThrow(RangeError)
})

test('patterns one after another cut the pieces of those before', () => {
  const rule = [{ regex: '[0-9]{1,3}' }, { regex: '^.' }, 'gpt2'] as const
  expect(split(rule, "ab cd1234 it's")).toEqual(['a', 'b', ' cd', '1', '23', '4', ' ', 'it', "'s"])
})

test('finds matches in UTF-16 units', () => {
  const found: string[] = []
  const text = '😀a1é22中'
  findRegex('[0-9]+|\\p{Han}')(text, (start, end) => found.push(text.slice(start, end)))
  expect(found).toEqual(['1', '22', '中'])
  const empty: number[] = []
  findRegex('x*')('😀xxa', (start, end) => empty.push(start, end))
  expect(empty).toEqual([0, 0, 2, 4, 5, 5])
})

test.each<PatternName | { regex: string }>([...names, { regex: '\\p{L}+| ?[0-9]|\\s' }])(
  'trainBpe with %j: no token crosses a border, and a tokenizer.json gives the same back',
  async (pattern) => {
    const tokenizer = await trainBpe([text], { vocabularySize: 700, pattern })
    const pieces = new Set(split(pattern, text))
    const token = [...pieces].find(
      (piece) => tokenizer.encode(piece).length === 1 && piece.length > 2,
    )
    expect(token).toBeDefined()
    const ids = tokenizer.encode(text)
    const alone = split(pattern, text).flatMap((piece) => [...tokenizer.encode(piece)])
    // Pieces are whole for a pattern on their own, but for white space that ends a text.
    expect(alone.length).toBe(ids.length)
    const loaded = await loadTokenizer(JSON.parse(JSON.stringify(tokenizer)))
    expect(loaded.hash).toBe(tokenizer.hash)
    expect(loaded.toJSON()).toEqual(tokenizer.toJSON())
    expect(loaded.encode(text)).toEqual(ids)
  },
)

test('a look behind and a sequence see the whole of a text that is longer than any window', async () => {
  const long = 'ab1 '.repeat(60_000)
  const behind = { regex: '(?<=1) |[^ ]+' }
  const tokenizer = await trainBpe([long], { vocabularySize: 260, pattern: behind })
  const ids = tokenizer.encode(long)
  expect(tokenizer.decode(ids)).toBe(long)
  expect(ids.length).toBe(120_000)
  const file = structuredClone(tokenizer.toJSON())
  Object.assign(file, {
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: '[0-9]' }, behavior: 'Isolated', invert: false },
        { type: 'Split', pattern: { Regex: '(?<!a).' }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
  })
  const loaded = await loadTokenizer(file)
  expect(loaded.toJSON()).toEqual(file)
  expect(loaded.decode(loaded.encode(long))).toBe(long)
})
