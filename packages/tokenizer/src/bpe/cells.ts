import type { SymbolRows } from './symbol-rows.js'

const SYMBOL_BITS = 22
/** The part of a cell's first word that is its symbol. */
export const SYMBOL: number = (1 << SYMBOL_BITS) - 1
/** What stands before and behind each row, above all symbols. */
export const FENCE: number = (1 << SYMBOL_BITS) - 1
/** Counts from here on do not fit above a symbol. */
const HEAVY = 2 ** (32 - SYMBOL_BITS)

/** Rows end to end, in little memory, as merging jumps about in it. */
export interface Cells {
  /** Two words per cell: its symbol with the count of its row above it, and the pair that begins there or -1. */
  readonly words: Int32Array
  /** The counts of the first cells, which are those of rows whose count does not fit above a symbol. */
  readonly heavy: Float64Array
  readonly size: number
}

/** Lays out rows of two symbols and more; in shorter ones there is nothing to merge. */
export function layCells({ symbols, offsets, counts, size: rows }: SymbolRows): Cells {
  let size = 1
  let heavySize = 1
  for (let row = 0; row < rows; row++) {
    const length = (offsets[row + 1] as number) - (offsets[row] as number)
    if (length < 2) continue
    size += length + 1
    if ((counts[row] as number) >= HEAVY) heavySize += length + 1
  }
  const words = new Int32Array(2 * size)
  const heavy = new Float64Array(heavySize)
  words[0] = FENCE
  words[1] = -1
  let heavyAt = 1
  let lightAt = heavySize
  for (let row = 0; row < rows; row++) {
    const start = offsets[row] as number
    const end = offsets[row + 1] as number
    if (end - start < 2) continue
    const count = counts[row] as number
    const isHeavy = count >= HEAVY
    const above = isHeavy ? 0 : count << SYMBOL_BITS
    let at = isHeavy ? heavyAt : lightAt
    if (isHeavy) heavy.fill(count, at, at + end - start)
    for (let i = start; i < end; i++, at++) {
      words[2 * at] = (symbols[i] as number) | above
      words[2 * at + 1] = -1
    }
    words[2 * at] = FENCE
    words[2 * at++ + 1] = -1
    if (isHeavy) heavyAt = at
    else lightAt = at
  }
  return { words, heavy, size }
}

/** How often the row of a cell occurred. */
export function countAt({ words, heavy }: Cells, cell: number): number {
  return cell < heavy.length ? (heavy[cell] as number) : (words[2 * cell] as number) >>> SYMBOL_BITS
}
