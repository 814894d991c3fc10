import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  loadTokenizer,
  saveTokenizer,
  type Tokenizer,
  trainBpe,
  trainCharacters,
} from '../../src/index.js'
import { codePointClasses, LETTER, NUMBER, SPACE } from '../../src/unicode/classes.js'
import { bpeJson } from '../bpe-json.js'
import { python } from './python.js'
import { edgeCases, randomTexts, realTexts } from './texts.js'

type Encoded = Record<'tokenizers' | 'PreTrainedTokenizerFast' | 'AutoTokenizer', number[][]> & {
  tiktoken?: number[][]
  decoded: string[]
}

const folder = mkdtempSync(join(tmpdir(), 'llm-tokenizer-'))
afterAll(() => rmSync(folder, { recursive: true }))
const corpus = realTexts()

test('the Unicode classes are those of tiktoken and tokenizers, for every scalar value', () => {
  const found = python<Record<string, number[][]>>('classes.py', {})
  const classes = codePointClasses()
  const mine = [LETTER, NUMBER, SPACE].map((kind) =>
    Array.from(classes.keys()).filter((point) => classes[point] === kind),
  )
  for (const lists of Object.values(found)) {
    lists.forEach((points, i) => {
      expect(points.join()).toBe(mine[i]!.join())
    })
  }
})

test.each([8192, 32768])('trains the merges of BpeTrainer: %i ids', async (vocabularySize) => {
  expect(corpus.join('').length).toBeGreaterThan(5e6)
  const { vocab, merges } = python<{ vocab: object; merges: string[][] }>('train.py', {
    texts: corpus,
    vocabularySize,
  })
  const model = bpeJson(await trainBpe(corpus, { vocabularySize }))
  const differing = merges.findIndex((pair, i) => pair.join(' ') !== model.merges[i]?.join(' '))
  expect(differing).toBe(-1)
  expect(model.merges.length).toBe(merges.length)
  expect(new Map(Object.entries(model.vocab))).toEqual(new Map(Object.entries(vocab)))
})

test('bpe: tokenizers, tiktoken and transformers give the same ids', async () => {
  const tokenizer = await trainBpe(corpus, { vocabularySize: 8192 })
  const texts = [...corpus.slice(0, 400), ...edgeCases, ...randomTexts(3000, 1)]
  await same(tokenizer, 'bpe', texts, true)
})

test('characters: tokenizers and transformers give the same ids, known or not', async () => {
  const texts = [...corpus.slice(0, 100), ...edgeCases, ...randomTexts(500, 2)]
  const open = { vocabularySize: 500, unknown: '<|unknown|>' as const }
  await same(await trainCharacters(corpus, open), 'open', texts, false)
  await same(await trainCharacters(texts), 'closed', texts, false)
})

/** Saves the tokenizer, and compares what the other systems make of it. Special tokens are always matched there. */
async function same(
  tokenizer: Tokenizer,
  name: string,
  texts: string[],
  tiktoken: boolean,
): Promise<void> {
  const path = join(folder, name)
  await saveTokenizer(tokenizer, path)
  const { decoded, ...systems } = python<Encoded>('encode.py', { folder: path, texts, tiktoken })
  const loaded = await loadTokenizer(path)
  expect(Object.keys(systems).length).toBe(tiktoken ? 4 : 3)
  texts.forEach((text, i) => {
    const ids = Array.from(loaded.encode(text, { allowedSpecial: 'all' }))
    expect(Array.from(tokenizer.encode(text, { allowedSpecial: 'all' }))).toEqual(ids)
    for (const [system, lists] of Object.entries(systems)) {
      expect({ system, text, ids: lists[i] }).toEqual({ system, text, ids })
    }
    expect(loaded.decode(ids)).toBe(decoded[i])
  })
}
