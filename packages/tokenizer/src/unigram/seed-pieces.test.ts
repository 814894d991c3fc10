import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repeatedTextsReference } from '../reference/repeated-texts-reference.js'
import { repeatedTexts } from './seed-pieces.js'
import { trainingWords } from './training-words.js'

const covered = new Set(['a', 'b', 'c'])

test('finds the texts of the reference with their counts', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[abcd]{1,12}$/), fc.integer({ min: 1, max: 5 })),
      fc.integer({ min: 3, max: 8 }),
      (dictionary, limit) => {
        const counts = new Map(Object.entries(dictionary))
        const words = trainingWords(counts, covered)
        const found = repeatedTexts(words, limit)
        const texts = Array.from(found.starts, (start, i) =>
          String.fromCharCode(...words.units.subarray(start, start + (found.lengths[i] as number))),
        )
        // A character without a piece ends a text.
        const parts = new Map<string, number>()
        for (const [word, count] of counts) {
          for (const part of word.split('d')) {
            if (part !== '') parts.set(part, (parts.get(part) ?? 0) + count)
          }
        }
        const want = repeatedTextsReference(parts, limit)
        expect(new Map(texts.map((text, i) => [text, found.counts[i]]))).toEqual(want)
        expect(new Set(texts).size).toBe(texts.length)
      },
    ),
  )
})
