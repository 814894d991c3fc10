import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestPathReference } from '../reference/best-path-reference.js'
import { PieceTrie } from './piece-trie.js'
import { Viterbi } from './viterbi.js'

const pieces = fc.uniqueArray(
  fc.tuple(fc.stringMatching(/^[abc\u{1f600}]{1,4}$/u), fc.integer({ min: -64, max: -1 })),
  { selector: ([text]) => text, minLength: 1, maxLength: 30 },
)

test('finds the path of the reference, ties and all, from any sum before', () => {
  fc.assert(
    fc.property(
      pieces,
      fc.stringMatching(/^[abcd\u{1f600}]{0,30}$/u),
      fc.integer({ min: -1000, max: 0 }),
      fc.boolean(),
      (list, text, before, single) => {
        const trie = new PieceTrie()
        list.forEach(([piece], id) => {
          trie.add(piece, id)
        })
        const scores = Float64Array.from(list, ([, score]) => score / 8)
        const unknownScore = -20
        const viterbi = new Viterbi(
          { trie, scores, unknownId: list.length, unknownScore },
          { single },
        )
        const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
        viterbi.run(units, 0, units.length, before)
        const want = bestPathReference(text, {
          scores: new Map(list.map(([piece, score]) => [piece, score / 8])),
          unknownScore,
        })
        const ids = new Map(list.map(([piece], id) => [piece, id]))
        expect([...viterbi.ids.subarray(0, viterbi.count)]).toEqual(
          want.map((piece) => ids.get(piece) ?? list.length),
        )
      },
    ),
  )
})

test('a character without a piece is an error where nothing stands for it', () => {
  const viterbi = new Viterbi({
    trie: new PieceTrie(),
    scores: new Float64Array(0),
    unknownId: -1,
    unknownScore: 0,
  })
  expect(() => viterbi.run(Uint16Array.of(0x61), 0, 1, 0)).toThrow('got "a"')
})
