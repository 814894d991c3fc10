import { expect, test } from 'vitest'
import { trainWordPiece } from './train-word-piece.js'

const text = 'the cat sat on the mat, the cats sat'

test('numbers special tokens, characters, those that continue a word, merges', async () => {
  const tokenizer = await trainWordPiece([text], { vocabularySize: 30 })
  const names = Object.keys(tokenizer.toJSON().model.vocab)
  expect(tokenizer.kind).toBe('wordpiece')
  expect(names.slice(0, 6)).toEqual(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ','])
  const first = names.findIndex((name) => name.startsWith('##'))
  expect(names.slice(5, first).every((name) => [...name].length === 1)).toBe(true)
  expect(names[first]).toBe('##a')
})

test('puts [CLS] and [SEP] around a text where they are', async () => {
  const tokenizer = await trainWordPiece([text], { vocabularySize: 40 })
  const ids = [...tokenizer.encode('the cat', { addSpecialTokens: true })]
  expect([ids[0], ids.at(-1)]).toEqual([2, 3])
  expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe('the cat')
  const bare = await trainWordPiece([text], { vocabularySize: 40, specialTokens: [] })
  expect([...bare.specialTokens.keys()]).toEqual(['[UNK]'])
  expect(bare.encode('the', { addSpecialTokens: true })).toEqual(bare.encode('the'))
})

test('what cannot be made is unknown', async () => {
  const tokenizer = await trainWordPiece([text], { vocabularySize: 40, maxWordLength: 5 })
  expect([...tokenizer.encode('zebra')]).toEqual([1])
  expect([...tokenizer.encode('sattat')]).toEqual([1])
})

test.each([
  [{ vocabularySize: 40, unknown: 'error' }, "unknown to name a token, got 'error'"],
  [{ vocabularySize: 40, maxWordLength: 0 }, 'maxWordLength of 1 or more, got 0'],
  [{ vocabularySize: 10 }, 'vocabularySize of at least'],
])('refuses %j', async (options, message) => {
  await expect(trainWordPiece([text], options)).rejects.toThrow(message)
})
