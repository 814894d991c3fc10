import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSentencePiece, writeSentencePiece } from '../src/formats/sentencepiece.js'
import {
  loadTokenizer,
  type Tokenizer,
  trainBpe,
  trainWordPiece,
  trainWords,
} from '../src/index.js'
import { chooseAlphabet, countCharacters } from '../src/training/alphabet.js'
import { countPieces } from '../src/training/count-pieces.js'
import { learnWordMerges, wordSymbols } from '../src/training/word-merges.js'
import { wordParts } from '../src/training/word-parts.js'
import fixture from './fixtures/trainers.json' with { type: 'json' }

// Text and results of tokenizers 0.23.3 and sentencepiece 0.2.3: see fixtures/make-trainers.py.
const lines = readFileSync(new URL('fixtures/text.txt', import.meta.url), 'utf8')
  .split(/[\r\n]+/)
  .filter((line) => line !== '')

/** The names in the order of the ids. */
function vocabulary(tokenizer: Tokenizer): string[] {
  const { vocab } = tokenizer.toJSON().model
  if (Array.isArray(vocab)) throw new Error('expected a vocabulary by name')
  return Object.entries(vocab)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name)
}

test.each([
  ['end-of-word', fixture.endOfWord.vocabulary, 1, { prefix: '', suffix: '</w>' }],
  ['WordPiece', fixture.wordPiece, 5, { prefix: '##', suffix: '' }],
] as const)(
  '%s: the tokens of tokenizers, in the order that its run numbered characters',
  async (kind, theirs, special, marks) => {
    const cutting = { parts: wordParts('test', {}) }
    const words = await countPieces('test', lines, cutting, { workers: 0, progress: undefined })
    const alphabet = chooseAlphabet('test', countCharacters(words), {})
    const symbols = wordSymbols(words, alphabet, marks)
    expect(symbols.slice(0, alphabet.length)).toEqual(
      theirs.slice(special, special + alphabet.length),
    )
    const inTheirs = [...symbols].sort((a, b) => theirs.indexOf(a) - theirs.indexOf(b))
    const { names, merges } = learnWordMerges(words, alphabet, inTheirs, {
      firstId: special,
      vocabularySize: 3500,
      minFrequency: 1,
      maxTokenLength: Number.POSITIVE_INFINITY,
      order: 'ids',
      marks,
      reserved: theirs.slice(0, special),
    })
    expect([...theirs.slice(0, special), ...names]).toEqual(theirs)
    if (kind === 'end-of-word') {
      expect(merges.map((pair) => pair.join(' '))).toEqual(fixture.endOfWord.merges)
    }
  },
)

test('words: the vocabulary of tokenizers', async () => {
  expect(vocabulary(await trainWords(lines, { vocabularySize: 300 }))).toEqual(fixture.words)
})

test('sentencepiece: the pieces of its own trainer', async () => {
  const palm = { vocabularySize: 2500, characterCoverage: 0.999 }
  expect(vocabulary(await trainBpe(lines, { style: 'sentencepiece', ...palm }))).toEqual(
    fixture.palm,
  )
  const llama = {
    vocabularySize: 1500,
    characterCoverage: 0.98,
    addPrefixSpace: true,
    splitDigits: false,
    spaceOnlyPieces: false,
  }
  expect(vocabulary(await trainBpe(lines, { style: 'sentencepiece', ...llama }))).toEqual(
    fixture.llama,
  )
})

test('what is trained is the same after writing and reading', async () => {
  const trained = [
    await trainBpe(lines, { style: 'end-of-word', vocabularySize: 3500 }),
    await trainWordPiece(lines, { vocabularySize: 3500 }),
    await trainWords(lines),
  ]
  for (const tokenizer of trained) {
    const copy = await loadTokenizer(JSON.parse(JSON.stringify(tokenizer)))
    expect(copy.hash).toBe(tokenizer.hash)
    for (const line of lines.slice(0, 50)) {
      expect(copy.encode(line)).toEqual(tokenizer.encode(line))
    }
  }
})

test('sentencepiece: the same as a .model, and in the words of tokenizer.json', async () => {
  const tokenizer = await trainBpe(lines, { style: 'sentencepiece', vocabularySize: 2500 })
  const copy = readSentencePiece(writeSentencePiece(tokenizer))
  expect(copy.hash).toBe(tokenizer.hash)
  const other = await loadTokenizer(JSON.parse(JSON.stringify(tokenizer)))
  for (const line of lines) {
    expect(copy.encode(line)).toEqual(tokenizer.encode(line))
    expect(other.encode(line)).toEqual(tokenizer.encode(line))
    expect(tokenizer.decode(tokenizer.encode(line))).toBe(line)
  }
})
