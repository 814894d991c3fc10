import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadTokenizer, trainBpe } from '../../src/index.js'
import { python } from './python.js'
import { realTexts, unitsOf } from './texts.js'

const trained = await trainBpe(realTexts().slice(0, 40), {
  vocabularySize: 1000,
  specialTokens: [],
})
const contents = ['<x>', 'a<', ' ', 'é', '中', '<x>y', '  b', '\n', '😀', 'AB<', 'zq', '_q']
const part = fc.oneof(
  fc.constantFrom(
    ...contents,
    'b',
    'the ',
    '  ',
    '\t',
    '\u3000',
    '.',
    'ſ',
    '\u0301',
    '\u200d',
    'Ⓐ',
    'x',
    '_',
  ),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
)
const texts = fc.sample(
  fc.array(part, { maxLength: 12 }).map((list) => list.join('')),
  { seed: 7, numRuns: 2000 },
)
const settings = fc.sample(
  fc.array(
    fc.record({
      single_word: fc.boolean(),
      lstrip: fc.boolean(),
      rstrip: fc.boolean(),
      normalized: fc.boolean(),
      special: fc.boolean(),
    }),
    { minLength: contents.length, maxLength: contents.length },
  ),
  { seed: 8, numRuns: 12 },
)
const chunk = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
  part.map((text) => new TextEncoder().encode(text)),
)
const bytes = fc
  .sample(fc.array(chunk, { maxLength: 10 }), { seed: 9, numRuns: 5000 })
  .map((chunks) => Buffer.concat(chunks).toJSON().data)

/**
 * The trained tokenizer with added tokens; half of the files with a normalizer before it. Tokens that are white space, and tokens
 * that take white space after them along, are in different files: where one stands in what the other took, tokenizers
 * gives both, or panics.
 */
function file(index: number): object {
  const { vocab } = trained.toJSON().model
  const added = contents
    .map((content, i) => ({ content, ...settings[index]![i] }))
    .filter(({ content }) => !(content in vocab) && (index % 3 === 0 || !/^\s/.test(content)))
    .map((token) => (index % 3 === 0 ? { ...token, rstrip: false } : token))
    .map((token, i) => ({ ...token, id: trained.vocabularySize + i }))
  expect(added.length).toBeGreaterThan(5)
  return {
    ...trained.toJSON(),
    added_tokens: added,
    normalizer: index % 2 === 0 ? null : { type: 'Lowercase' },
  }
}

test('added tokens, places and bytes as tokenizers and tiktoken have them', async () => {
  const files = settings.map((_, i) => file(i))
  const found = python<{
    files: ({ ids: number[]; offsets: [number, number][]; text: string } | null)[][]
    bytes: number[][]
  }>('added-tokens.py', {
    files,
    texts,
    bytes,
    ranks: Array.from({ length: trained.vocabularySize }, (_, id) => [...trained.tokenBytes(id)]),
  })
  let compared = 0
  for (const [i, content] of files.entries()) {
    const tokenizer = await loadTokenizer(content)
    texts.forEach((text, t) => {
      const wanted = found.files[i]![t]
      if (!wanted) return
      compared++
      const mine = tokenizer.encodeWithOffsets(text, { allowedSpecial: 'all' })
      expect({ i, text, ids: [...mine.ids] }).toEqual({ i, text, ids: wanted.ids })
      expect([...tokenizer.encode(text, { allowedSpecial: 'all' })]).toEqual(wanted.ids)
      // Behind a normalizer, tokenizers decodes an added token to its normalized content.
      if (i % 2 === 0) {
        const { starts, ends } = mine
        expect({ i, text, starts: [...starts], ends: [...ends] }).toEqual({
          i,
          text,
          ...unitsOf(text, wanted.offsets),
        })
        expect(tokenizer.decode(mine.ids, { skipSpecialTokens: true })).toBe(wanted.text)
      }
    })
  }
  expect(compared).toBeGreaterThan(0.8 * files.length * texts.length)
  bytes.forEach((each, b) => {
    const ids = [...trained.encode(Uint8Array.from(each))]
    expect({ bytes: each, ids }).toEqual({ bytes: each, ids: found.bytes[b] })
  })
})
