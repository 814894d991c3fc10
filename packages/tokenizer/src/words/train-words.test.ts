import { expect, test } from 'vitest'
import { trainWords } from './train-words.js'

const text = 'b a b c, a b'

test('numbers words by frequency, then by bytes', async () => {
  const tokenizer = await trainWords([text])
  expect(tokenizer.kind).toBe('words')
  expect(Object.keys(tokenizer.toJSON().model.vocab)).toEqual([
    '<|endoftext|>',
    '<|unknown|>',
    'b',
    'a',
    ',',
    'c',
  ])
})

test('a word outside the vocabulary is unknown, or an error', async () => {
  const open = await trainWords([text], { unknown: '<unk>', specialTokens: ['<unk>'] })
  expect([...open.encode('a d')]).toEqual([2, 0])
  const strict = await trainWords([text], { unknown: 'error' })
  expect(strict.decode(strict.encode('a b'))).toBe('a b')
  expect(() => strict.encode('a d')).toThrow('encode: expected words of the vocabulary, got "d"')
})

test('keeps the frequent words only', async () => {
  expect((await trainWords([text], { minFrequency: 2 })).vocabularySize).toBe(4)
  expect((await trainWords([text], { vocabularySize: 3 })).vocabularySize).toBe(3)
  await expect(trainWords([text], { vocabularySize: 3, unknown: 'error' })).rejects.toThrow(
    'vocabularySize of at least 5 for 4 words, got 3',
  )
})

test('a word that is named like a special token or a property of objects', async () => {
  const options = { preTokenizer: { type: 'WhitespaceSplit' } }
  const tokenizer = await trainWords(['__proto__ <|endoftext|> constructor'], options)
  expect(tokenizer.vocabularySize).toBe(4)
  expect([...tokenizer.encode('<|endoftext|> __proto__')]).toEqual([1, 2])
})
