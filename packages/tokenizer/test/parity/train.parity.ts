import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  saveTokenizer,
  type Tokenizer,
  trainBpe,
  trainWordPiece,
  trainWords,
} from '../../src/index.js'
import { chooseAlphabet, countCharacters } from '../../src/training/alphabet.js'
import { countPieces } from '../../src/training/count-pieces.js'
import { learnWordMerges, wordSymbols } from '../../src/training/word-merges.js'
import { wordParts } from '../../src/training/word-parts.js'
import { python } from './python.js'
import { edgeCases, randomTexts, realTexts } from './texts.js'

interface Learned {
  readonly vocab: Readonly<Record<string, number>>
  readonly merges: readonly (readonly [string, string])[]
}

const folder = mkdtempSync(join(tmpdir(), 'llm-tokenizer-'))
afterAll(() => rmSync(folder, { recursive: true }))
const corpus = realTexts()

/**
 * tokenizers numbers the characters with marks in the order of a hash table that is another one in each run, and breaks ties
 * by these numbers. With the numbers of its run, all merges are the same.
 */
test.each([
  ['end-of-word', 8192, ['<unk>'], { prefix: '', suffix: '</w>' }],
  ['end-of-word', 32768, ['<unk>'], { prefix: '', suffix: '</w>' }],
  [
    'wordpiece',
    30522,
    ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
    { prefix: '##', suffix: '' },
  ],
] as const)('%s: trains the tokens of BpeTrainer: %i ids', async (kind, size, special, marks) => {
  const jobs = [{ kind, options: { vocab_size: size } }]
  const [theirs] = python<Learned[]>('train-words.py', { texts: corpus, jobs }) as [Learned]
  const cutting = { parts: wordParts('test', {}) }
  const words = await countPieces('test', corpus, cutting, { workers: 0, progress: undefined })
  const alphabet = chooseAlphabet('test', countCharacters(words), {})
  const mine = wordSymbols(words, alphabet, marks)
  const symbols = [...mine].sort((a, b) => theirs.vocab[a]! - theirs.vocab[b]!)
  // The characters stand in the same order; those with marks are the same ones.
  expect(symbols.slice(0, alphabet.length)).toEqual(mine.slice(0, alphabet.length))
  const { names, merges } = learnWordMerges(words, alphabet, symbols, {
    firstId: special.length,
    vocabularySize: size,
    minFrequency: 1,
    maxTokenLength: Number.POSITIVE_INFINITY,
    order: 'ids',
    marks,
    reserved: special,
  })
  expect([...special, ...names]).toEqual(byId(theirs.vocab))
  if (kind === 'end-of-word') {
    expect(merges.length).toBe(theirs.merges.length)
    expect(merges.findIndex((pair, i) => pair.join(' ') !== theirs.merges[i]?.join(' '))).toBe(-1)
  }
})

test('limits of the alphabet and of the counts are those of BpeTrainer', async () => {
  const options = { vocab_size: 4000, min_frequency: 30, limit_alphabet: 60 }
  const initial = { ...options, initial_alphabet: ['a', 'b', '中', 'ё'] }
  const jobs = [options, initial].map((each) => ({ kind: 'wordpiece', options: each }))
  const [plain, more] = python<Learned[]>('train-words.py', { texts: corpus, jobs }) as [
    Learned,
    Learned,
  ]
  const mine = { vocabularySize: 4000, minFrequency: 30, alphabetLimit: 60 }
  const characters = (names: Iterable<string>): string[] =>
    [...names].filter((name) => [...name].length === 1)
  const first = await trainWordPiece(corpus, mine)
  expect(characters(vocabulary(first).keys())).toEqual(characters(byId(plain.vocab)))
  const second = await trainWordPiece(corpus, { ...mine, initialAlphabet: ['a', 'b', '中', 'ё'] })
  expect(new Set(characters(vocabulary(second).keys()))).toEqual(
    new Set(characters(Object.keys(more.vocab))),
  )
})

test('words: the vocabulary of WordLevelTrainer', async () => {
  const jobs = [
    { kind: 'words', options: { vocab_size: 20_000 } },
    { kind: 'words', options: { vocab_size: 200_000, min_frequency: 3 } },
  ]
  const theirs = python<Learned[]>('train-words.py', { texts: corpus, jobs })
  const all = [
    await trainWords(corpus, { vocabularySize: 20_000 }),
    await trainWords(corpus, { minFrequency: 3 }),
  ]
  all.forEach((tokenizer, i) => {
    expect(vocabulary(tokenizer)).toEqual(new Map(Object.entries(theirs[i]!.vocab)))
  })
})

test.each([
  [8000, { splitDigits: true, spaceOnlyPieces: true, addPrefixSpace: false }],
  [4000, { splitDigits: false, spaceOnlyPieces: false, addPrefixSpace: true }],
  [32000, { splitDigits: true, spaceOnlyPieces: true, addPrefixSpace: true }],
  [6000, { splitDigits: true, spaceOnlyPieces: true, splitByScript: false }],
])('sentencepiece: the pieces of its own trainer: %i %j', async (vocabularySize, options) => {
  // It reads lines, and leaves out those with U+2585.
  const lines = corpus
    .flatMap((text) => text.split(/[\r\n]+/))
    .filter((line) => line !== '' && !line.includes('\u2585') && !line.includes('\0'))
  const theirs = python<string[]>('train-sentencepiece.py', {
    texts: lines,
    options: {
      vocab_size: vocabularySize,
      byte_fallback: true,
      character_coverage: 0.9995,
      split_digits: options.splitDigits,
      allow_whitespace_only_pieces: options.spaceOnlyPieces,
      add_dummy_prefix: 'addPrefixSpace' in options && options.addPrefixSpace === true,
      split_by_unicode_script: !('splitByScript' in options),
    },
  })
  const mine = await trainBpe(lines, { style: 'sentencepiece', vocabularySize, ...options })
  expect([...vocabulary(mine).keys()]).toEqual(theirs)
})

test.each([false, true])(
  'sentencepiece: our files load in it, with the same ids and text: %s',
  async (addPrefixSpace) => {
    const texts = [...corpus.slice(0, 300), ...edgeCases, ...randomTexts(2000, 4)]
    const options = { style: 'sentencepiece' as const, vocabularySize: 6000, addPrefixSpace }
    const tokenizer = await trainBpe(corpus.slice(0, 400), options)
    const model = join(folder, `trained-${addPrefixSpace}.model`)
    await saveTokenizer(tokenizer, model)
    const found = python<{ ids: number[][]; decoded: string[] }>('train-sentencepiece.py', {
      texts,
      model,
    })
    texts.forEach((text, i) => {
      const ids = Array.from(tokenizer.encode(text))
      expect({ text, ids }).toEqual({ text, ids: found.ids[i]! })
      expect({ text, is: tokenizer.decode(ids) }).toEqual({ text, is: found.decoded[i]! })
    })
  },
)

test('what is trained loads in tokenizers and transformers, with the same ids and text', async () => {
  const texts = [...corpus.slice(0, 300), ...edgeCases, ...randomTexts(2000, 3)]
  const sample = corpus.slice(0, 400)
  const small = { vocabularySize: 6000 }
  await same('words', await trainWords(sample, small), texts)
  await same('wordpiece', await trainWordPiece(sample, small), texts)
  await same('gpt1', await trainBpe(sample, { ...small, style: 'end-of-word' }), texts)
  await same('palm', await trainBpe(sample, { ...small, style: 'sentencepiece' }), texts)
  await same(
    'llama',
    await trainBpe(sample, { ...small, style: 'sentencepiece', addPrefixSpace: true }),
    texts,
  )
})

async function same(name: string, tokenizer: Tokenizer, texts: string[]): Promise<void> {
  const path = join(folder, name)
  await saveTokenizer(tokenizer, path)
  const found = python<Record<string, number[][]> & { decoded: string[] }>('encode.py', {
    folder: path,
    texts,
    tiktoken: false,
  })
  texts.forEach((text, i) => {
    const ids = Array.from(
      tokenizer.encode(text, { allowedSpecial: 'all', addSpecialTokens: true }),
    )
    expect({ name, text, ids }).toEqual({ name, text, ids: found.tokenizers![i]! })
    expect({ name, text, is: tokenizer.decode(ids) }).toEqual({ name, text, is: found.decoded[i]! })
  })
}

function vocabulary(tokenizer: Tokenizer): Map<string, number> {
  const { vocab } = tokenizer.toJSON().model
  if (Array.isArray(vocab)) throw new Error('expected a vocabulary by name')
  return new Map(Object.entries(vocab).sort(([, a], [, b]) => a - b))
}

/** The names in the order of their ids; that of the keys begins with the digits. */
function byId(vocab: Learned['vocab']): string[] {
  return Object.entries(vocab)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name)
}
