import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadTokenizer } from '../src/index.js'

interface Family {
  name: string
  file: { normalizer: unknown; post_processor: { trim_offsets?: boolean } | null }
  ids: number[][]
  offsets: [number, number][][]
  template: number[][]
  decoded: string[]
  skipped: string[]
}

// Texts and results of Hugging Face's tokenizers 0.23.3: see fixtures/make-pipelines.py.
const fixture: { texts: string[]; results: Family[] } = JSON.parse(
  readFileSync(new URL('fixtures/pipelines.json', import.meta.url), 'utf8'),
)
// Special tokens are always matched there.
const all = { allowedSpecial: 'all' } as const

describe.each(fixture.results)('$name', ({ file, ids, offsets, template, decoded, skipped }) => {
  test('gives the ids of tokenizers, with and without the template', async () => {
    const tokenizer = await loadTokenizer(file)
    for (const [i, text] of fixture.texts.entries()) {
      const label = JSON.stringify(text)
      expect([...tokenizer.encode(text, all)], label).toEqual(ids[i])
      expect([...tokenizer.encode(text, { ...all, addSpecialTokens: true })], label).toEqual(
        template[i],
      )
      expect(tokenizer.count(text, all)).toBe(ids[i]!.length)
    }
  })

  test('decodes to the text of tokenizers, at once and in a stream', async () => {
    const tokenizer = await loadTokenizer(file)
    for (const [i, list] of ids.entries()) {
      expect(tokenizer.decode(list)).toBe(decoded[i])
      const decoder = tokenizer.decoder()
      expect(list.map((id) => decoder.push(id)).join('') + decoder.end()).toBe(decoded[i])
      expect(tokenizer.decode(template[i]!, { skipSpecialTokens: true })).toBe(skipped[i])
    }
  })

  test('knows the places of ids', async () => {
    const tokenizer = await loadTokenizer(file)
    for (const [i, text] of fixture.texts.entries()) {
      const { ids: found, starts, ends } = tokenizer.encodeWithOffsets(text, all)
      expect([...found]).toEqual(ids[i])
      const at = [0]
      for (const character of text) at.push(at.at(-1)! + character.length)
      const wanted = offsets[i]!.map(([start, end]) => [at[start]!, at[end]!] as const)
      // Without the spaces that trim_offsets leaves out, and of what a normalizer joins or parts, one character.
      wanted.forEach(([start, end], k) => {
        expect(starts[k]).toBeLessThanOrEqual(start)
        expect(ends[k]).toBeGreaterThanOrEqual(end)
      })
      if (file.normalizer === null && !file.post_processor?.trim_offsets) {
        expect(Array.from(starts, (start, k) => [start, ends[k]])).toEqual(wanted)
      }
    }
  })

  test('is written as it was read, and is the same when read again', async () => {
    const tokenizer = await loadTokenizer(file)
    const written = JSON.parse(JSON.stringify(tokenizer))
    expect(written).toEqual(file)
    expect((await loadTokenizer(written)).hash).toBe(tokenizer.hash)
  })

  test('takes half a surrogate pair for U+FFFD', async () => {
    const tokenizer = await loadTokenizer(file)
    expect(tokenizer.encode('a\ud800b \udc00')).toEqual(tokenizer.encode('a\ufffdb \ufffd'))
  })
})
