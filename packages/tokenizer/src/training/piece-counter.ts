import type { Pattern } from '../patterns/pattern.js'
import { Utf8Window } from '../utf8-window.js'
import type { PieceCounts } from './piece-counts.js'
import { PieceTable } from './piece-table.js'

/** Counts the distinct pieces of texts, one text after another. */
export interface PieceCounter {
  /** Counts the pieces of a text, and returns its length in UTF-8 bytes. */
  add(text: string): number
  counts(): PieceCounts
}

/** Counts the pieces that a pattern cuts, beside those of a table. */
export function patternCounter(
  { next }: Pattern,
  table: PieceTable = new PieceTable(),
): PieceCounter {
  const window = new Utf8Window()
  return {
    add(text) {
      window.open(text)
      let total = 0
      let p = 0
      do {
        const { bytes, end, last } = window
        p = 0
        while (p < end) {
          const q = next(bytes, p, end, last)
          if (q < 0) break
          table.add(bytes, p, q)
          p = q
        }
        total += p
      } while (window.advance(p))
      return total
    },
    counts: () => table.counts(),
  }
}
