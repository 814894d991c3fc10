import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadTokenizer, saveTokenizer, trainUnigram } from '../../src/index.js'
import { declarations, mixedCorpus } from './corpus.js'
import { python } from './python.js'
import { edgeCases } from './texts.js'

const folder = mkdtempSync(join(tmpdir(), 'sentencepiece-'))
afterAll(() => rm(folder, { recursive: true }))

const languages = declarations().map(({ text }) => text)
const corpus = mixedCorpus().filter((_, i) => i % 3 === 0)
/** What models are trained on. */
const sample = languages.filter((_, i) => i % 5 === 0)

/** Every Unicode scalar value, alone and between letters. */
const scalars = Array.from({ length: 0x110 }, (_, row) =>
  Array.from({ length: 0x1000 }, (_, i) => row * 0x1000 + i)
    .filter((point) => point < 0xd800 || point >= 0xe000)
    .map((point) => `${String.fromCodePoint(point)} a${String.fromCodePoint(point)}b`)
    .join('\n'),
)
/** One text so long that SentencePiece's sums start again. */
const long = languages.slice(0, 200).join('\n')
const texts = [...corpus, ...edgeCases.filter((text) => isWellFormed(text)), ...scalars, long]

const lossless = {
  normalization_rule_name: 'identity',
  remove_extra_whitespaces: false,
  add_dummy_prefix: false,
  byte_fallback: true,
  allow_whitespace_only_pieces: true,
  split_digits: true,
  user_defined_symbols: ['<sep>', 'ing'],
}
const models: Readonly<Record<string, object>> = {
  unigram: { model_type: 'unigram' },
  'unigram-lossless': { model_type: 'unigram', ...lossless },
  'unigram-phrases': { model_type: 'unigram', split_by_whitespace: false },
  'unigram-suffix': { model_type: 'unigram', treat_whitespace_as_suffix: true },
  bpe: { model_type: 'bpe' },
  'bpe-lossless': { model_type: 'bpe', ...lossless },
  word: { model_type: 'word' },
  char: { model_type: 'char' },
}

test.each(Object.entries(models))('%s: ids and text of sentencepiece', async (name, options) => {
  const path = join(folder, `${name}.model`)
  const train = { vocab_size: 8000, character_coverage: 0.98, ...options }
  python('encode-sentencepiece.py', { train, texts: sample, path })
  await same(path)
})

test('trainUnigram: files of ours in sentencepiece and in tokenizers', async () => {
  const tokenizer = await trainUnigram(sample, {
    vocabularySize: 8000,
    characterCoverage: 0.98,
    specialTokens: ['<s>', '</s>'],
  })
  const path = join(folder, 'ours.model')
  await saveTokenizer(tokenizer, path)
  await same(path)
  const json = join(folder, 'ours.json')
  await saveTokenizer(tokenizer, json)
  const copy = await loadTokenizer(json)
  const ids = python<number[][]>('encode-sentencepiece.py', { json, texts: edgeCases })
  edgeCases.forEach((text, i) => {
    expect([...copy.encode(text, { allowedSpecial: 'all' })], text).toEqual(ids[i])
  })
})

async function same(path: string): Promise<void> {
  const tokenizer = await loadTokenizer(path)
  interface Encoded {
    readonly ids: readonly number[][]
    readonly decoded: readonly string[]
  }
  const { ids, decoded } = python<Encoded>('encode-sentencepiece.py', { encode: path, texts })
  texts.forEach((text, i) => {
    const found = Array.from(tokenizer.encode(text))
    if (found.join() !== ids[i]?.join()) expect({ text, found }).toEqual({ text, found: ids[i] })
    const back = tokenizer.decode(found, { skipSpecialTokens: true })
    if (back !== decoded[i]) expect({ text, back }).toEqual({ text, back: decoded[i] })
  })
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
