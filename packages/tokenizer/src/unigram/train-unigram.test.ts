import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeSentencePiece } from '../formats/sentencepiece.js'
import { loadTokenizer } from '../load-tokenizer.js'
import { trainUnigram } from './train-unigram.js'

const text = readFileSync(new URL('../../test/fixtures/text.txt', import.meta.url), 'utf8')
const lines = text.split('\n')

test('gives the same from any order of the texts, and loses nothing', async () => {
  const options = { vocabularySize: 1500, characterCoverage: 0.99 }
  const tokenizer = await trainUnigram(lines, options)
  expect(tokenizer.kind).toBe('unigram')
  expect(tokenizer.vocabularySize).toBe(1500)
  expect((await trainUnigram([...lines].reverse(), options)).hash).toBe(tokenizer.hash)
  for (const part of [...lines, text, '  a \n\t b  ', '', ' ', '\u{1f600}x', 'e\u0301']) {
    expect(tokenizer.decode(tokenizer.encode(part))).toBe(part)
  }
  expect(tokenizer.encode(text).length).toBeLessThan(0.75 * Array.from(text).length)
})

test('is the same after writing and reading, as .model and as tokenizer.json', async () => {
  const tokenizer = await trainUnigram(lines, {
    vocabularySize: 1200,
    characterCoverage: 0.98,
    specialTokens: ['<s>', '</s>', '<|end|>'],
    symbols: ['<sep>'],
  })
  expect([...tokenizer.specialTokens]).toEqual([
    ['<s>', 1],
    ['</s>', 2],
    ['<|end|>', 3],
  ])
  expect(tokenizer.tokenId('<sep>')).toBe(4)
  expect([...tokenizer.encode('a<sep>b')]).toContain(4)
  const copy = await loadTokenizer(writeSentencePiece(tokenizer))
  expect(copy.hash).toBe(tokenizer.hash)
  const json = await loadTokenizer(JSON.parse(JSON.stringify(tokenizer)))
  // tokenizer.json sums in 64 bits, so that of two orders of the same pieces it may take the other.
  for (const line of lines) expect(json.encode(line).sort()).toEqual(tokenizer.encode(line).sort())
})

test('keeps to the rules for pieces', async () => {
  const texts = [
    'abc123 abc123 日本abc 12 12 12 ひらカタ漢字 ひらカタ漢字 a  b   c    d    e'.repeat(3),
  ]
  const options = { vocabularySize: 330, maxPieceLength: 6, specialTokens: [] }
  const pieces = async (more: object): Promise<string[]> => {
    const tokenizer = await trainUnigram(texts, { ...options, ...more })
    return Array.from({ length: tokenizer.vocabularySize - 257 }, (_, i) =>
      new TextDecoder().decode(tokenizer.tokenBytes(i + 257)),
    )
  }
  const usual = await pieces({})
  expect(usual.every((piece) => Array.from(piece).length <= 6)).toBe(true)
  expect(usual.some((piece) => /^ {2,}$/.test(piece))).toBe(true)
  expect(usual.some((piece) => /[a-z]/.test(piece) && /[0-9日]/.test(piece))).toBe(false)
  expect(usual.some((piece) => /\S \S| $/.test(piece) && piece.trim() !== '')).toBe(false)
  expect(usual.some((piece) => /ひ.*カ/.test(piece))).toBe(true)
  expect((await pieces({ splitDigits: true })).some((piece) => /\d./.test(piece))).toBe(false)
  expect((await pieces({ splitByNumber: false })).some((piece) => /c1/.test(piece))).toBe(true)
  expect((await pieces({ spaceOnlyPieces: false })).some((piece) => /^ {2,}$/.test(piece))).toBe(
    false,
  )
})

test('without byte fallback rare characters are unknown', async () => {
  const tokenizer = await trainUnigram(['aaab aaab aaab x'], {
    vocabularySize: 12,
    byteFallback: false,
    specialTokens: [],
    characterCoverage: 0.9,
  })
  expect([...tokenizer.encode('x')]).toContain(0)
  expect(tokenizer.decode([0])).toBe(' \u2047 ')
})

test('makes a smaller vocabulary when there is too little text', async () => {
  const tokenizer = await trainUnigram(['ab'], { vocabularySize: 1000 })
  expect(tokenizer.vocabularySize).toBe(258 + 3)
  expect((await trainUnigram([], { vocabularySize: 1000 })).vocabularySize).toBe(258)
})

test('long words without a space neither overflow nor vanish', async () => {
  const long = 'abcdefgh'.repeat(5000)
  const tokenizer = await trainUnigram([long], { vocabularySize: 300 })
  expect(tokenizer.encode(long).length).toBeLessThan(long.length / 4)
})

test.each([
  [{ vocabularySize: 100 }, 'expected vocabularySize of 262 or more (4 characters), got 100'],
  [{ vocabularySize: 300.5 }, 'whole number'],
  [{ vocabularySize: 300, characterCoverage: 0 }, 'characterCoverage above 0 and up to 1, got 0'],
  [{ vocabularySize: 300, shrinkingFactor: 1 }, 'shrinkingFactor above 0 and up to 0.99, got 1'],
  [{ vocabularySize: 300, maxPieceLength: 0 }, 'maxPieceLength of 1 or more, got 0'],
  [{ vocabularySize: 300, specialTokens: ['<unk>'] }, 'got "<unk>" twice'],
  [{ vocabularySize: 300, symbols: ['<|endoftext|>'] }, 'twice'],
])('refuses %j', async (options, message) => {
  await expect(trainUnigram(['abc'], options)).rejects.toThrow(message)
})
