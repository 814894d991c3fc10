import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeCharactersReference } from '../reference/merge-characters-reference.js'
import { PieceTrie } from '../unigram/piece-trie.js'
import { CharacterMerger } from './merge-characters.js'

const pieces = fc.uniqueArray(
  fc.tuple(fc.stringMatching(/^[abc\u{1f600}]{1,5}$/u), fc.integer({ min: -9, max: 0 })),
  { selector: ([text]) => text, minLength: 1, maxLength: 40 },
)

test('merges as the reference does, equal scores and symbols of the user among them', () => {
  fc.assert(
    fc.property(
      pieces,
      fc.uniqueArray(fc.stringMatching(/^[abc]{1,3}$/), { maxLength: 2 }),
      fc.stringMatching(/^[abcd\u{1f600}]{0,40}$/u),
      (list, symbols, text) => {
        const normal = list.filter(([piece]) => !symbols.includes(piece))
        const all = [...normal, ...symbols.map((symbol) => [symbol, 0] as const)]
        const ids = new Map(all.map(([piece], id) => [piece, id]))
        const trie = new PieceTrie()
        const symbolTrie = new PieceTrie()
        for (const [piece, id] of ids) trie.add(piece, id)
        for (const symbol of symbols) symbolTrie.add(symbol, ids.get(symbol) ?? -1)
        const merger = new CharacterMerger({
          trie,
          symbols: symbolTrie,
          places: Int32Array.from(all, ([, score]) => -score),
          unused: new Set(),
          unknownId: all.length,
        })
        const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
        merger.run(units, 0, units.length)
        expect([...merger.ids.subarray(0, merger.count)]).toEqual(
          mergeCharactersReference(text, new Map(all), symbols).map(
            (piece) => ids.get(piece) ?? all.length,
          ),
        )
      },
    ),
  )
})
