import type { SymbolRows } from '../bpe/symbol-rows.js'
import { codePoint, width } from '../patterns/utf8.js'
import type { PieceCounts } from './piece-counts.js'

/** The id of a character at the start, inside or at the end of its piece; -1 for one that has none. */
export type SymbolOf = (point: number, first: boolean, last: boolean) => number

/**
 * Pieces as rows of the ids of their characters.
 * @param gaps whether characters without an id leave a gap that no merge crosses, or are left out
 */
export function characterRows(
  { bytes, offsets, counts, size }: PieceCounts,
  symbolOf: SymbolOf,
  gaps: 'keep' | 'close',
): SymbolRows {
  const symbols = new Int32Array(bytes.length)
  const ends = [0]
  const times: number[] = []
  let at = 0
  for (let piece = 0; piece < size; piece++) {
    const start = offsets[piece] as number
    const end = offsets[piece + 1] as number
    const count = counts[piece] as number
    for (let p = start; p < end; ) {
      const lead = bytes[p] as number
      const point = lead < 0x80 ? lead : codePoint(bytes, p)
      const after = p + width(lead)
      const symbol = symbolOf(point, p === start, after === end)
      if (symbol >= 0) symbols[at++] = symbol
      else if (gaps === 'keep') endRow(count)
      p = after
    }
    endRow(count)
  }
  return {
    symbols: symbols.subarray(0, at),
    offsets: Uint32Array.from(ends),
    counts: Float64Array.from(times),
    size: times.length,
  }

  /** Rows of one symbol have nothing to merge. */
  function endRow(count: number): void {
    const start = ends[ends.length - 1] as number
    if (at - start < 2) at = start
    else {
      ends.push(at)
      times.push(count)
    }
  }
}
