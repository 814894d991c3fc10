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
