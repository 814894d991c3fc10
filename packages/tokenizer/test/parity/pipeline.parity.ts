import { expect, test } from 'vitest'
import { parseTokenizer } from '../../src/hugging-face/parse-tokenizer.js'
import { python } from './python.js'
import { edgeCases, randomTexts } from './texts.js'

interface Result {
  name: string
  file: string
  ids: number[][]
  offsets: [number, number][][]
  decoded: string[]
}

const texts = [...edgeCases.map((text) => text.slice(0, 300)), ...randomTexts(400, 3)]

test('normalizers, pre-tokenizers and decoders, each for itself', async () => {
  compare(python<Result[]>('parts.py', { texts }))
})

/** Ids, places, what the ids decode to, and the file when it is written again. */
function compare(results: readonly Result[]): void {
  for (const { name, file, ids, offsets, decoded } of results) {
    const tokenizer = parseTokenizer(JSON.parse(file))
    texts.forEach((text, i) => {
      const mine = Array.from(tokenizer.encode(text))
      expect({ name, text, ids: mine }).toEqual({ name, text, ids: ids[i] })
      const back = tokenizer.decode(mine)
      expect({ name, text, decoded: back }).toEqual({ name, text, decoded: decoded[i] })
      const places = unitsOf(text, offsets[i]!)
      const { starts, ends } = tokenizer.encodeWithOffsets(text)
      if (JSON.parse(file).normalizer === null) {
        expect({ name, text, starts: [...starts], ends: [...ends] }).toEqual({
          name,
          text,
          ...places,
        })
      } else {
        // Where several characters become one, or one several, tokenizers has the place of one of them only.
        expect({
          name,
          text,
          within: starts.every((start, k) => start <= places.starts[k]!),
        }).toEqual({ name, text, within: true })
        expect({ name, text, within: ends.every((end, k) => end >= places.ends[k]!) }).toEqual({
          name,
          text,
          within: true,
        })
      }
    })
    expect({ name, file: JSON.parse(JSON.stringify(tokenizer)) }).toEqual({
      name,
      file: JSON.parse(file),
    })
  }
}

/** Offsets in code points to UTF-16 units. */
function unitsOf(
  text: string,
  offsets: readonly [number, number][],
): { starts: number[]; ends: number[] } {
  const at = [0]
  for (const character of text) at.push(at.at(-1)! + character.length)
  return { starts: offsets.map(([start]) => at[start]!), ends: offsets.map(([, end]) => at[end]!) }
}
