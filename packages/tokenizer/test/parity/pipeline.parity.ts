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

function compare(results: readonly Result[]): void {
  for (const { name, file, ids, decoded } of results) {
    const tokenizer = parseTokenizer(JSON.parse(file))
    texts.forEach((text, i) => {
      const mine = Array.from(tokenizer.encode(text))
      expect({ name, text, ids: mine }).toEqual({ name, text, ids: ids[i] })
      expect({ name, text, decoded: tokenizer.decode(mine) }).toEqual({ name, text, decoded: decoded[i] })
    })
    expect({ name, file: JSON.parse(JSON.stringify(tokenizer)) }).toEqual({ name, file: JSON.parse(file) })
  }
}
