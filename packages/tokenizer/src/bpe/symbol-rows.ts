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

/** Rows in which every symbol knows its neighbours. */
export interface LinkedRows {
  readonly symbols: Int32Array
  /** Position of the next symbol of the same row, -1 at the end. */
  readonly next: Int32Array
  readonly previous: Int32Array
  readonly rowOf: Int32Array
}

/** Links the rows of two symbols and more; in shorter ones there is nothing to merge. */
export function linkRows({ symbols, offsets, size }: SymbolRows): LinkedRows {
  let positions = 0
  for (let row = 0; row < size; row++) {
    const length = (offsets[row + 1] as number) - (offsets[row] as number)
    if (length > 1) positions += length
  }
  const linked = {
    symbols: new Int32Array(positions),
    next: new Int32Array(positions),
    previous: new Int32Array(positions),
    rowOf: new Int32Array(positions),
  }
  let at = 0
  for (let row = 0; row < size; row++) {
    const start = offsets[row] as number
    const end = offsets[row + 1] as number
    if (end - start < 2) continue
    for (let i = start; i < end; i++, at++) {
      linked.symbols[at] = symbols[i] as number
      linked.next[at] = i + 1 < end ? at + 1 : -1
      linked.previous[at] = i > start ? at - 1 : -1
      linked.rowOf[at] = row
    }
  }
  return linked
}
