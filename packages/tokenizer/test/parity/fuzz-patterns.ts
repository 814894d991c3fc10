import assert from 'node:assert/strict'
import type { Random } from '@llm/data/random'
import { trainBpe } from '../../src/index.js'
import { type FuzzCase, pick } from './fuzz-cases.js'
import { randomText, wellFormed } from './fuzz-texts.js'

const atoms = [
  ...[
    'a',
    'b',
    ' ',
    '.',
    '\\s',
    '\\S',
    '\\d',
    '\\w',
    '\\W',
    '\\p{L}',
    '\\p{N}',
    '\\P{L}',
    '\\p{Lu}',
  ],
  ...[
    '[a-z]',
    '[^\\s\\p{L}]',
    '[\\r\\n]',
    '[^a]',
    "'s",
    'é',
    '中',
    '\\x41',
    '\\b',
    '^',
    '$',
    '(?!\\S)',
    '(?=a)',
  ],
  ...[
    '(?i:ab|c)',
    '[[:alpha:]]',
    '\\p{Han}',
    '(?:)',
    '[\\p{L}&&[^a]]',
    '\\1',
    '(?<=a)',
    '(?<n>a)',
    '\\R',
    '\\X',
  ],
]
const repeats = [
  '',
  '',
  '',
  '+',
  '*',
  '?',
  '+?',
  '*?',
  '++',
  '?+',
  '{2}',
  '{1,3}',
  '{2,}',
  '{0,1000}',
  '{9,2}',
]
const junk = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '|',
  '\\',
  '(?',
  '*',
  '[^',
  '[z-a]',
  '\\p{',
  '\\p{Nope}',
  '(?#',
]

/** A regular expression that may be wrong, may want to backtrack, or may match nothing: an error, or all of the text comes back. */
export function randomPattern(numbers: Random): FuzzCase {
  const regex = expression(numbers, 3)
  const text = randomText(numbers, 400) + 'a'.repeat(numbers.integer(3000))
  return {
    settings: { regex, text: text.slice(0, 500), length: text.length },
    async run() {
      try {
        const tokenizer = await trainBpe([text], { vocabularySize: 300, pattern: { regex } })
        assert.equal(tokenizer.decode(tokenizer.encode(text)), wellFormed(text))
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        assert.match(error.message, /^(trainBpe|encode|loadTokenizer|pattern)/)
      }
    },
  }
}

function expression(numbers: Random, depth: number): string {
  const branches = 1 + (numbers.integer(3) === 0 ? numbers.integer(3) : 0)
  return Array.from({ length: branches }, () =>
    Array.from({ length: 1 + numbers.integer(4) }, () => term(numbers, depth)).join(''),
  ).join('|')
}

function term(numbers: Random, depth: number): string {
  if (numbers.integer(60) === 0) return pick(numbers, junk)
  const atom =
    depth > 0 && numbers.integer(4) === 0
      ? `(${pick(numbers, ['', '?:', '?i:', '?>', '?='])}${expression(numbers, depth - 1)})`
      : pick(numbers, atoms)
  return atom + pick(numbers, repeats)
}
