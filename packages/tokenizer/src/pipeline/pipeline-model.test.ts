import { expect, test } from 'vitest'
import { trainBpe } from '../bpe/train-bpe.js'

test.each(['a\ud83d', '\ud83d', '\udda7b', 'a \ud83d b'])(
  'places are of the ids that encode gives, half surrogate pairs or not: %j',
  async (text) => {
    const options = { vocabularySize: 30, style: 'end-of-word' } as const
    const tokenizer = await trainBpe(['the cat sat on a bat'], options)
    const { ids, starts, ends } = tokenizer.encodeWithOffsets(text)
    expect(ids).toEqual(tokenizer.encode(text))
    const words = text.replace(/[\ud800-\udfff]/g, ' ')
    ids.forEach((_, i) => {
      expect(words.slice(starts[i], ends[i])).toMatch(/^[ab]$/)
    })
  },
)
