import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bpeModel } from '../bpe/bpe-model.js'
import { trainBpe } from '../bpe/train-bpe.js'
import { createTokenizer } from '../create-tokenizer.js'
import { record } from '../hugging-face/check.js'
import { readBpe } from '../hugging-face/read-bpe.js'
import { readVocabulary } from '../hugging-face/read-vocabulary.js'
import { tiktokenReference } from '../reference/tiktoken-reference.js'
import type { Tokenizer } from '../types.js'
import { readTiktoken, writeTiktoken } from './tiktoken.js'

const settings = { pattern: 'gpt2', specialTokens: new Map([['<|end|>', 2000]]) } as const

/** A file of the 256 bytes and some tokens more, given as Latin-1, ranked in this order. */
function file(tokens: readonly string[]): string {
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
  return [...bytes, ...tokens].map((token, rank) => `${btoa(token)} ${rank}\n`).join('')
}

function read(text: string): Tokenizer {
  return createTokenizer(bpeModel(readTiktoken(new TextEncoder().encode(text), settings)))
}

test('encodes as tiktoken does, whatever the tokens are, or refuses the file', () => {
  let [taken, refused, whole] = [0, 0, 0]
  const token = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 6 })
  const tokens = fc.uniqueArray(token, { maxLength: 30 })
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }))
  fc.assert(
    fc.property(tokens, pieces, (list, samples) => {
      const ranks = new Map(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]))
      list.forEach((each, i) => {
        ranks.set(each, 256 + i)
      })
      let tokenizer: Tokenizer
      try {
        tokenizer = read(file(list))
      } catch (error) {
        expect(String(error)).toContain('made of earlier ones')
        refused++
        return
      }
      taken++
      for (const sample of [...samples, ...list]) {
        const wanted = sample === '' ? [] : tiktokenReference(ranks, sample)
        expect([...tokenizer.encode(sample)]).toEqual(wanted)
      }
      const { model } = tokenizer.toJSON()
      if (model.type === 'BPE' && model.ignore_merges) whole++
    }),
    { numRuns: 1500 },
  )
  expect(Math.min(taken, whole)).toBeGreaterThan(300)
  expect(refused).toBeGreaterThan(20)
})

test('what was trained comes back, through a file of the format', async () => {
  const trained = await trainBpe(['the cat sat on the mat, the cats sat'], { vocabularySize: 270 })
  const { specialTokens } = trained
  const text = writeTiktoken(vocabularyOf(trained))
  expect(text.split('\n').length).toBe(270)
  expect(text.split('\n')[0]).toBe('IQ== 1')
  const copy = readTiktoken(new TextEncoder().encode(text), { pattern: 'gpt2', specialTokens })
  expect(createTokenizer(bpeModel(copy)).hash).toBe(trained.hash)
  expect(writeTiktoken(copy)).toBe(text)
})

test('merges that ranks cannot tell are not written', async () => {
  const trained = await trainBpe(['the cat sat on the mat, the cats sat'], { vocabularySize: 270 })
  const vocabulary = vocabularyOf(trained)
  const backwards = { ...vocabulary, product: vocabulary.product.slice().reverse() }
  expect(() => writeTiktoken(backwards)).toThrow('saveTokenizer: expected merges in the order')
  const fewer = {
    ...vocabulary,
    left: vocabulary.left.slice(1),
    right: vocabulary.right.slice(1),
    product: vocabulary.product.slice(1),
  }
  expect(() => writeTiktoken(fewer)).toThrow('saveTokenizer: expected merges in the order')
})

function vocabularyOf(tokenizer: Tokenizer): Parameters<typeof writeTiktoken>[0] {
  const file = record(tokenizer.toJSON(), 'file')
  const model = record(file.model, 'model')
  const bpe = readBpe(file, model, readVocabulary(model, file.added_tokens))
  if (bpe === undefined) throw new Error('expected byte-level BPE')
  return bpe.vocabulary
}

test('takes line ends of Windows, empty lines, and a file without a last line end', () => {
  const wanted = read(file(['ab'])).hash
  expect(read(file(['ab']).replaceAll('\n', '\r\n')).hash).toBe(wanted)
  expect(read(`\n${file(['ab'])}\n`).hash).toBe(wanted)
  expect(read(file(['ab']).trimEnd()).hash).toBe(wanted)
})

test.each([
  ['', 'lines with a token in base64'],
  ['{"model": {}}', 'a token in base64, a space and its rank in line 1'],
  ['IQ== 0\nIg=\n', 'in line 2'],
  ['IQ==\n', 'in line 1'],
  [' 0\n', 'in line 1'],
  ['IQ= 0\n', 'in line 1'],
  ['I=== 0\n', 'in line 1'],
  ['IR== 0\n', 'in line 1'],
  ['IQ=* 0\n', 'in line 1'],
  ['IQ== x\n', 'a rank from 0 to 2097151 in line 1'],
  ['IQ== -1\n', 'a rank'],
  ['IQ== 2097152\n', 'a rank'],
  ['IQ== 99999999999\n', 'a rank'],
  ['IQ== 0 1\n', 'a rank'],
  ['IQ== 0\nIg== 0\n', 'each rank once, got 0 twice'],
  ['IQ== 2000\n', 'special tokens with ids of their own, got 2000 for "<|end|>"'],
  ['IQ== 0\n', 'a token for each of the 256 bytes, got none for byte 0'],
  [`${'QUFB'.repeat(30_000)} 0\n`, 'tokens of at most 65536 bytes, got 90000'],
])('refuses a damaged file: case %#', (text, message) => {
  expect(() => read(text)).toThrow(`loadTokenizer: .tiktoken: expected`)
  expect(() => read(text)).toThrow(message)
})
