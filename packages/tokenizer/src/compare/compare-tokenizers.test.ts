import { expect, test } from 'vitest'
import { trainBpe } from '../bpe/train-bpe.js'
import { trainCharacters } from '../characters/train-characters.js'
import { compareTokenizers } from './compare-tokenizers.js'
import { textSize } from './figures.js'

const texts = ['the cat sat', 'the cats\u00a0sat\u3000there', '', '\ud800 \u{1f600}']

test('counts bytes as UTF-8 and words between Unicode white space', () => {
  for (const text of texts) {
    expect(textSize(text)).toEqual({
      bytes: new TextEncoder().encode(text).length,
      words: text.split(/[\s\u0085]+/u).filter((word) => word !== '').length,
    })
  }
  expect(textSize('a\u0085b\ufeffc').words).toBe(2)
})

test('tokens are those of encode, by language and in all', async () => {
  const tokenizer = await trainBpe(texts, { vocabularySize: 270 })
  const documents = texts.map((text, i) => ({ text, metadata: { language: i < 2 ? 'en' : 'xx' } }))
  const { ours } = await compareTokenizers(documents, { ours: tokenizer })
  const tokens = texts.map((text) => tokenizer.encode(text).length)
  expect(ours).toMatchObject({ kind: 'bpe', vocabularySize: tokenizer.vocabularySize, texts: 4 })
  expect(ours!.tokens).toBe(tokens.reduce((a, b) => a + b))
  expect(ours!.languages.en!.tokens).toBe(tokens[0]! + tokens[1]!)
  expect(Object.keys(ours!.languages)).toEqual(['en', 'xx'])
  expect(ours!.languages.xx).toMatchObject({ bytes: 8, words: 2 })
})

test('counts what is unknown', async () => {
  const few = await trainCharacters(['abc'], { unknown: '<|unknown|>' })
  const compared = await compareTokenizers(['abcd', 'dd'], { few })
  expect(compared.few).toMatchObject({ tokens: 6, unknown: 3, unknownRate: 0.5 })
})

test('an empty corpus gives zeros, not NaN', async () => {
  const few = await trainCharacters(['abc'])
  const compared = await compareTokenizers([], { few })
  expect(compared.few).toMatchObject({
    texts: 0,
    bytesPerToken: 0,
    tokensPerWord: 0,
    languages: {},
  })
})

test('a language of the caller, a thousand languages, progress, and what is not a text', async () => {
  const few = await trainCharacters(['abc'])
  const seen: number[] = []
  const many = Array.from({ length: 1002 }, () => 'a')
  let next = 0
  const { languages } = (
    await compareTokenizers(
      many,
      { few },
      { language: () => `l${next++}`, progress: ({ done }) => seen.push(done) },
    )
  ).few!
  expect(Object.keys(languages)).toHaveLength(1001)
  expect(languages.other!.texts).toBe(2)
  expect(seen.at(-1)).toBe(1002)
  await expect(compareTokenizers([null as unknown as string], { few })).rejects.toThrow(
    'compareTokenizers: expected strings or objects with a text, got null',
  )
})
