import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadTokenizer, type Tokenizer, trainBpe } from '../src/index.js'
import { bpeJson } from './bpe-json.js'
import fixture from './fixtures/hugging-face.json' with { type: 'json' }

// Text and results of Hugging Face's tokenizers 0.23.3: see fixtures/make.py.
const lines = readFileSync(new URL('fixtures/text.txt', import.meta.url), 'utf8').split('\n\n')

function train(options: Partial<Parameters<typeof trainBpe>[1]> = {}): Promise<Tokenizer> {
  const { vocabularySize, specialTokens } = fixture
  return trainBpe(lines, { vocabularySize, specialTokens, ...options })
}

function merges(tokenizer: Tokenizer): string[] {
  return bpeJson(tokenizer).merges.map((pair) => pair.join(' '))
}

test('trains the same merges and numbers them the same', async () => {
  const tokenizer = await train()
  expect(merges(tokenizer)).toEqual(fixture.merges)
  const names = Object.entries(tokenizer.toJSON().model.vocab).sort(([, a], [, b]) => a - b)
  expect(names.slice(0, 300).map(([name]) => name)).toEqual(fixture.vocabulary)
})

test('encodes to the same ids', async () => {
  const tokenizer = await train()
  expect(lines.map((line) => Array.from(tokenizer.encode(line)))).toEqual(
    fixture.lines.map(ordinary),
  )
  expect(Array.from(tokenizer.encode(fixture.mixed.text, { allowedSpecial: 'all' }))).toEqual(
    fixture.mixed.ids,
  )

  /** One line spells out a special token, which tokenizers always takes for one. */
  function ordinary(ids: number[], i: number): number[] {
    if (!lines[i]!.includes('<|endoftext|>')) return ids
    expect(Array.from(tokenizer.encode(lines[i]!, { allowedSpecial: 'all' }))).toEqual(ids)
    return Array.from(tokenizer.encode(lines[i]!))
  }
})

test('stops where it stops: at a minimum frequency, a longest token, the end of all pairs', async () => {
  const specialTokens = ['<|endoftext|>']
  const frequent = await train({ vocabularySize: 20_000, specialTokens, minFrequency: 3 })
  expect(merges(frequent).length).toBe(fixture.minFrequency3)
  const all = await train({ vocabularySize: 100_000, specialTokens })
  expect(merges(all).length).toBe(fixture.unlimited)
  expect(all.vocabularySize).toBe(257 + fixture.unlimited)
  expect(merges(await train({ specialTokens, maxTokenLength: 5 }))).toEqual(fixture.maxTokenLength5)
})

test('reads merges written as pairs and as "a b"', async () => {
  const json = (await train()).toJSON()
  const old = { ...json, model: { ...json.model, merges: fixture.merges } }
  const [a, b] = [await loadTokenizer(json), await loadTokenizer(old)]
  expect(a.hash).toBe(b.hash)
  expect(a.encode(lines[0]!)).toEqual(b.encode(lines[0]!))
})
