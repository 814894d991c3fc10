import { expect, test } from 'vitest'
import { parseTokenizer } from '../../src/hugging-face/parse-tokenizer.js'
import { readNormalizer } from '../../src/hugging-face/read-normalizer.js'
import { readPreTokenizer } from '../../src/hugging-face/read-pre-tokenizer.js'
import { cutText } from '../../src/pipeline/cut-text.js'
import { python } from './python.js'
import { edgeCases, randomTexts, realTexts, unitsOf } from './texts.js'

interface Result {
  name: string
  file: string
  ids: number[][]
  offsets: [number, number][][]
  decoded: string[]
}

interface Family extends Result {
  template: number[][]
  skipped: string[]
}

// Special tokens are always matched in tokenizers.
const all = { allowedSpecial: 'all' } as const
const texts = [...edgeCases.map((text) => text.slice(0, 300)), ...randomTexts(400, 3)]

test('normalizers, pre-tokenizers and decoders, each for itself', async () => {
  compare(python<Result[]>('parts.py', { texts }), texts)
})

test('every code point, between letters and behind one that composes', () => {
  const texts: string[] = []
  for (let first = 0; first < 0x110000; first += 4096) {
    const points = Array.from({ length: 4096 }, (_, i) => first + i)
    const scalars = points.filter((point) => point < 0xd800 || point >= 0xe000)
    texts.push(scalars.map((point) => `a${String.fromCodePoint(point)}b\u0334 `).join(''))
  }
  const found = python<{
    normalizers: [object, string[]][]
    preTokenizers: [object, string[][]][]
  }>('code-points.py', { texts })
  for (const [part, results] of found.normalizers) {
    const normalizer = readNormalizer(part)!
    const differing = texts.filter((text, i) => normalizer.apply(text) !== results[i])
    expect({ part, differing }).toEqual({ part, differing: [] })
    expect(normalizer.json).toEqual(part)
  }
  for (const [part, results] of found.preTokenizers) {
    const { steps } = readPreTokenizer(part)!
    for (const [i, text] of texts.entries()) {
      const pieces: string[] = []
      cutText(steps, text, true, (piece) => pieces.push(piece))
      expect({ part, pieces: pieces.join('|') }).toEqual({ part, pieces: results[i]!.join('|') })
    }
  }
})

test('tokenizers in the shape of published families', async () => {
  const train = realTexts().slice(0, 300)
  const more = [
    ...train.slice(100, 130),
    'NewWord newword Über über the other the [X] a [X]  b',
    'a  b   c <mask> d <s>x',
  ]
  const results = python<Family[]>('families.py', { train, texts: [...texts, ...more], size: 4000 })
  compare(results, [...texts, ...more])
  for (const { name, file, template, skipped } of results) {
    const tokenizer = parseTokenizer(JSON.parse(file))
    for (const [i, text] of [...texts, ...more].entries()) {
      const ids = Array.from(
        tokenizer.encode(text, { allowedSpecial: 'all', addSpecialTokens: true }),
      )
      expect({ name, text, ids }).toEqual({ name, text, ids: template[i] })
      const decoded = tokenizer.decode(ids, { skipSpecialTokens: true })
      expect({ name, text, decoded }).toEqual({ name, text, decoded: skipped[i] })
    }
  }
})

/** Ids, places, what the ids decode to, and the file when it is written again. */
function compare(results: readonly Result[], texts: readonly string[]): void {
  for (const { name, file, ids, offsets, decoded } of results) {
    const tokenizer = parseTokenizer(JSON.parse(file))
    texts.forEach((text, i) => {
      const mine = Array.from(tokenizer.encode(text, all))
      expect({ name, text, ids: mine }).toEqual({ name, text, ids: ids[i] })
      const back = tokenizer.decode(mine)
      expect({ name, text, decoded: back }).toEqual({ name, text, decoded: decoded[i] })
      const places = unitsOf(text, offsets[i]!)
      const { starts, ends } = tokenizer.encodeWithOffsets(text, all)
      if (JSON.parse(file).post_processor?.trim_offsets) {
        // Ours are the places of all that an id stands for, with its space.
        expect(starts.length).toBe(places.starts.length)
      } else if (JSON.parse(file).normalizer === null) {
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
