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

/** Rows end to end, with a position of symbol -1 before and behind each. */
export interface FencedRows {
  readonly symbols: Int32Array
  readonly rowOf: Int32Array
}

/** Puts fences around rows of two symbols and more; in shorter ones there is nothing to merge. */
export function fenceRows({ symbols, offsets, size }: SymbolRows): FencedRows {
  let positions = 1
  for (let row = 0; row < size; row++) {
    const length = (offsets[row + 1] as number) - (offsets[row] as number)
    if (length > 1) positions += length + 1
  }
  const fenced = new Int32Array(positions).fill(-1)
  const rowOf = new Int32Array(positions)
  let at = 1
  for (let row = 0; row < size; row++) {
    const start = offsets[row] as number
    const end = offsets[row + 1] as number
    if (end - start < 2) continue
    for (let i = start; i < end; i++, at++) {
      fenced[at] = symbols[i] as number
      rowOf[at] = row
    }
    at++
  }
  return { symbols: fenced, rowOf }
}
