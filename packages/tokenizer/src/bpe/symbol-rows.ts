import type { PieceCounts } from '../training/piece-counts.js'

/** Distinct pieces as rows of ids, one after the other; merging happens inside a row. */
export interface SymbolRows {
  readonly symbols: Int32Array
  /** Row `i` is `symbols[offsets[i]]` up to `symbols[offsets[i + 1]]`. */
  readonly offsets: Uint32Array
  /** How often each row occurred. */
  readonly counts: Float64Array
  readonly size: number
}

/** Pieces as rows of the ids of their bytes. */
export function byteRows(pieces: PieceCounts, byteIds: ArrayLike<number>): SymbolRows {
  const { bytes, offsets, counts, size } = pieces
  const symbols = new Int32Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) symbols[i] = byteIds[bytes[i] as number] as number
  return { symbols, offsets, counts, size }
}

/** Rows end to end, with a cell of symbol -1 before and behind each. */
export interface Cells {
  /** Four words per cell: its symbol, the pair that begins there, and the two of its weight. */
  readonly words: Int32Array
  /** The same memory: how often the row of cell `i` occurred is number `2 * i + 1`. */
  readonly weights: Float64Array
  readonly size: number
}

/** Lays out rows of two symbols and more; in shorter ones there is nothing to merge. No pair is noted, which is -1. */
export function layCells({ symbols, offsets, counts, size: rows }: SymbolRows): Cells {
  let size = 1
  for (let row = 0; row < rows; row++) {
    const length = (offsets[row + 1] as number) - (offsets[row] as number)
    if (length > 1) size += length + 1
  }
  const weights = new Float64Array(2 * size)
  const words = new Int32Array(weights.buffer)
  words[0] = -1
  let at = 1
  for (let row = 0; row < rows; row++) {
    const start = offsets[row] as number
    const end = offsets[row + 1] as number
    if (end - start < 2) continue
    const weight = counts[row] as number
    for (let i = start; i < end; i++, at++) {
      words[4 * at] = symbols[i] as number
      words[4 * at + 1] = -1
      weights[2 * at + 1] = weight
    }
    words[4 * at++] = -1
  }
  return { words, weights, size }
}
