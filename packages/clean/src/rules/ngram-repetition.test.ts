import fc from 'fast-check'
import { expect, it } from 'vitest'
import { repeatedNgramCharacters, topNgramCharacters } from '../reference/ngram-repetition.js'
import { ngramRepetition } from './ngram-repetition.js'

it('counts what comparing strings counts', () => {
  const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'abc', 'c', '😀', 'é')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      const repetition = ngramRepetition(words)
      for (const n of [1, 2, 3, 5, 2]) {
        expect(repetition.top(n)).toBe(topNgramCharacters(words, n))
        expect(repetition.repeated(n)).toBe(repeatedNgramCharacters(words, n))
      }
    }),
    { numRuns: 1000 },
  )
})
