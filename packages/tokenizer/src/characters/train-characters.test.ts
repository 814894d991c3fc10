import { expect, test } from 'vitest'
import { trainCharacters } from './train-characters.js'

test('numbers special tokens, then characters by code point', async () => {
  const tokenizer = await trainCharacters(['b😀a', '中'], { specialTokens: ['<s>', '</s>'] })
  expect(tokenizer.kind).toBe('characters')
  expect(tokenizer.vocabularySize).toBe(6)
  expect([...tokenizer.encode('ab中😀')]).toEqual([2, 3, 4, 5])
  expect(tokenizer.decode([0, 5, 2, 1])).toBe('<s>😀a</s>')
})

test('refuses unknown characters, or has a token for them', async () => {
  const strict = await trainCharacters(['abc'])
  expect(() => strict.encode('abé')).toThrow(
    'encode: expected characters of the vocabulary, got "é" (U+00E9)',
  )
  const open = await trainCharacters(['abc'], { unknown: '<|unknown|>' })
  expect([...open.specialTokens]).toEqual([
    ['<|endoftext|>', 0],
    ['<|unknown|>', 1],
  ])
  expect([...open.encode('aé😀b')]).toEqual([2, 1, 1, 3])
  expect(open.decode(open.encode('aéb'))).toBe('a<|unknown|>b')
})

test('keeps the most frequent characters, the smaller among equals', async () => {
  const options = { vocabularySize: 4, unknown: '<|unknown|>' as const }
  const tokenizer = await trainCharacters(['zzz', 'bca'], options)
  expect([...tokenizer.encode('abcz')]).toEqual([2, 1, 1, 3])
})

test('takes a lone surrogate for U+FFFD', async () => {
  const tokenizer = await trainCharacters(['a\ud800'])
  expect(tokenizer.decode(tokenizer.encode('\udc00a\ufffd'))).toBe('\ufffda\ufffd')
})

test('knows characters named like properties of objects', async () => {
  const tokenizer = await trainCharacters(['_'], { specialTokens: ['__proto__', 'constructor'] })
  expect(tokenizer.toJSON().model.vocab).toEqual(
    JSON.parse('{"__proto__":0,"constructor":1,"_":2}'),
  )
})

test.each([
  [{ vocabularySize: 3 }, 'vocabularySize of at least 4 for 3 characters, got 3'],
  [{ vocabularySize: 1 }, 'vocabularySize above the 1 special tokens, got 1'],
  [{ specialTokens: ['😀'] }, 'more than one character, got "😀"'],
  [{ unknown: JSON.parse('"skip"') }, "unknown to be 'error' or '<|unknown|>', got skip"],
])('refuses %j', async (options, message) => {
  await expect(trainCharacters(['abc'], options)).rejects.toThrow(message)
})

test('refuses texts that are none', async () => {
  await expect(trainCharacters('abc')).rejects.toThrow('wrap it: [text]')
  await expect(trainCharacters(JSON.parse('[null]'))).rejects.toThrow('texts that are strings')
})
