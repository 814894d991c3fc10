import { type Cells, countAt, FENCE, layCells, SYMBOL } from './cells.js'
import { hashPair } from './merge-table.js'
import type { SymbolRows } from './symbol-rows.js'

/**
 * The pairs of neighbouring symbols in rows: how often each occurs, and where. A pair has a small number. All its places are
 * known once the later one of its symbols has been made: after that they only become fewer.
 */
export class PairIndex {
  size = 0
  left: Int32Array = new Int32Array(1 << 12)
  right: Int32Array = new Int32Array(1 << 12)
  /** Float64: exact up to 2^53. */
  counts: Float64Array = new Float64Array(1 << 12)
  /** How many cells each symbol takes: the symbols that it was made of. */
  readonly lengths: Int32Array

  /** A symbol stands in the first and the last of its cells. */
  readonly #cells: Cells
  /** The cells of each pair in their order, from `#starts[pair]` up to the start of the next; where another pair is now, it is gone. */
  #places: Int32Array
  #starts: Uint32Array = new Uint32Array(1 << 12)
  /** The last pair made with each symbol on its left, and on its right. */
  readonly #leftPair: Int32Array
  readonly #rightPair: Int32Array
  /** The cells where the last merge made pairs, and which. */
  #made: Int32Array = new Int32Array(1 << 12)

  /** @param symbols ids are below this number, those of merges too. */
  constructor(rows: SymbolRows, symbols: number) {
    this.lengths = new Int32Array(symbols).fill(1)
    this.#cells = layCells(rows)
    this.#leftPair = new Int32Array(symbols).fill(-1)
    this.#rightPair = new Int32Array(symbols).fill(-1)
    this.#places = this.#findPairs()
  }

  /**
   * Puts symbol `id` wherever a pair stands: of three alike the first two. Pairs that this makes have the numbers from the
   * present `size` on.
   */
  merge(pair: number, id: number): void {
    const from = this.#starts[pair] as number
    const to = this.#starts[pair + 1] as number
    const known = this.size
    this.#reserve(known + 2 * (to - from))
    if (this.#made.length < 4 * (to - from)) this.#made = new Int32Array(8 * (to - from))
    const { lengths, left, right, counts } = this
    const cells = this.#cells
    const { words } = cells
    const places = this.#places
    const leftPair = this.#leftPair
    const rightPair = this.#rightPair
    const made = this.#made
    const leftLength = lengths[left[pair] as number] as number
    const length = leftLength + (lengths[right[pair] as number] as number)
    lengths[id] = length
    let size = known
    let count = 0
    for (let k = from; k < to; k++) {
      const cell = places[k] as number
      const at = 2 * cell
      if (words[at + 1] !== pair) continue
      const second = at + 2 * leftLength
      const end = at + 2 * length
      const before = (words[at - 2] as number) & SYMBOL
      const after = (words[end] as number) & SYMBOL
      const times = countAt(cells, cell)
      words[at] = ((words[at] as number) & ~SYMBOL) | id
      words[end - 2] = id
      if (before !== FENCE) {
        const first = cell - (lengths[before] as number)
        const old = words[2 * first + 1] as number
        counts[old] = (counts[old] as number) - times
        let fresh = leftPair[before] as number
        if (fresh < known) {
          fresh = size++
          left[fresh] = before
          right[fresh] = id
          counts[fresh] = 0
          leftPair[before] = fresh
        }
        counts[fresh] = (counts[fresh] as number) + times
        words[2 * first + 1] = fresh
        made[count++] = first
        made[count++] = fresh
      }
      if (after === FENCE) words[at + 1] = -1
      else {
        const old = words[second + 1] as number
        counts[old] = (counts[old] as number) - times
        let fresh = rightPair[after] as number
        if (fresh < known) {
          fresh = size++
          left[fresh] = id
          right[fresh] = after
          counts[fresh] = 0
          rightPair[after] = fresh
        }
        counts[fresh] = (counts[fresh] as number) + times
        words[at + 1] = fresh
        made[count++] = cell
        made[count++] = fresh
      }
      words[second + 1] = -1
    }
    counts[pair] = 0
    this.size = size
    this.#place(known, count)
  }

  /** Finds the pairs of the rows as they are, and returns their places. */
  #findPairs(): Int32Array {
    const cells = this.#cells
    const { words, size } = cells
    /** Pair + 1, or 0. */
    let slots = new Int32Array(1 << 13)
    let count = 0
    for (let cell = 1; cell < size; cell++) {
      const left = (words[2 * cell] as number) & SYMBOL
      const right = ((words[2 * cell + 2] ?? FENCE) as number) & SYMBOL
      if (left === FENCE || right === FENCE) continue
      const slot = this.#slotOf(slots, left, right)
      let pair = (slots[slot] as number) - 1
      if (pair < 0) {
        this.#reserve(this.size + 1)
        pair = this.size++
        this.left[pair] = left
        this.right[pair] = right
        slots[slot] = this.size
        if (this.size * 2 > slots.length) {
          slots = new Int32Array(slots.length * 2)
          for (let p = 0; p < this.size; p++) {
            slots[this.#slotOf(slots, this.left[p] as number, this.right[p] as number)] = p + 1
          }
        }
      }
      this.counts[pair] = (this.counts[pair] as number) + countAt(cells, cell)
      this.#starts[pair] = (this.#starts[pair] as number) + 1
      words[2 * cell + 1] = pair
      count++
    }
    const starts = this.#starts
    const places = new Int32Array(count * 2)
    let end = 0
    for (let pair = 0; pair < this.size; pair++) {
      end += starts[pair] as number
      starts[pair] = end
    }
    starts[this.size] = end
    for (let cell = size - 1; cell > 0; cell--) {
      const pair = words[2 * cell + 1] as number
      if (pair < 0) continue
      const place = (starts[pair] as number) - 1
      places[place] = cell
      starts[pair] = place
    }
    return places
  }

  #slotOf(slots: Int32Array, left: number, right: number): number {
    const mask = slots.length - 1
    let slot = hashPair(left, right) & mask
    for (;;) {
      const pair = (slots[slot] as number) - 1
      if (pair < 0 || (this.left[pair] === left && this.right[pair] === right)) return slot
      slot = (slot + 1) & mask
    }
  }

  /** Sorts the first `count` words of what was made by pair. */
  #place(known: number, count: number): void {
    const made = this.#made
    const starts = this.#starts
    let end = starts[known] as number
    const length = end + (count >> 1)
    if (length > this.#places.length) {
      const larger = new Int32Array(Math.max(length, this.#places.length * 2))
      larger.set(this.#places)
      this.#places = larger
    }
    const places = this.#places
    starts.fill(0, known, this.size)
    for (let k = 1; k < count; k += 2) {
      const pair = made[k] as number
      starts[pair] = (starts[pair] as number) + 1
    }
    for (let pair = known; pair < this.size; pair++) {
      end += starts[pair] as number
      starts[pair] = end
    }
    starts[this.size] = end
    for (let k = count - 2; k >= 0; k -= 2) {
      const pair = made[k + 1] as number
      const place = (starts[pair] as number) - 1
      places[place] = made[k] as number
      starts[pair] = place
    }
  }

  /** Makes room for this many pairs. */
  #reserve(size: number): void {
    if (size < this.left.length) return
    const length = Math.max(size + 1, this.left.length * 2)
    const grow = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(length)
      larger.set(old)
      return larger
    }
    this.left = grow(this.left)
    this.right = grow(this.right)
    const starts = new Uint32Array(length)
    starts.set(this.#starts)
    this.#starts = starts
    const counts = new Float64Array(length)
    counts.set(this.counts)
    this.counts = counts
  }
}
