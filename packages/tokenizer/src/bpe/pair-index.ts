import { hashPair } from './merge-table.js'
import { type Cells, layCells, type SymbolRows } from './symbol-rows.js'

/**
 * The pairs of neighbouring symbols in rows: how often each occurs, and where. A pair has a small number, and its symbols
 * never change, so all its places are known once the later one of the two has been made.
 */
export class PairIndex {
  size = 0
  left: Int32Array = new Int32Array(1 << 12)
  right: Int32Array = new Int32Array(1 << 12)
  /** Float64: exact up to 2^53. */
  counts: Float64Array = new Float64Array(1 << 12)
  /** How many positions each symbol takes: the symbols that it was made of. */
  readonly lengths: Int32Array

  /** A symbol stands in the first and the last of its cells; the others hold what was there before. */
  readonly #cells: Cells
  /** Positions of each pair in the order of the rows, from `#starts[pair]` up to the start of the next pair's; those of cells that name another are out of date. */
  #places: Int32Array
  #starts: Uint32Array = new Uint32Array(1 << 12)
  /** The last pair made with each symbol on its left, and on its right. */
  readonly #leftPair: Int32Array
  readonly #rightPair: Int32Array
  /** Where the last merge made pairs. */
  #made: Int32Array = new Int32Array(1 << 12)

  /** @param symbols ids are below this number, those of merges too. */
  constructor(rows: SymbolRows, symbols: number) {
    this.#cells = layCells(rows)
    this.lengths = new Int32Array(symbols).fill(1)
    this.#places = new Int32Array(this.#cells.size)
    this.#leftPair = new Int32Array(symbols).fill(-1)
    this.#rightPair = new Int32Array(symbols).fill(-1)
    this.#findPairs()
  }

  /** Puts symbol `id` wherever a pair stands: of three alike the first two. The pairs that this makes have the numbers from the old `size`. */
  merge(pair: number, id: number): void {
    const from = this.#starts[pair] as number
    const to = this.#starts[pair + 1] as number
    const known = this.size
    this.#reserve(known + 2 * (to - from))
    if (this.#made.length < 2 * (to - from)) this.#made = new Int32Array(4 * (to - from))
    const { lengths, left, right, counts } = this
    const { words, weights } = this.#cells
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
      const i = places[k] as number
      const at = 4 * i
      if (words[at + 1] !== pair) continue
      const j = at + 4 * leftLength
      const end = at + 4 * length
      const before = words[at - 4] as number
      const after = words[end] as number
      const times = weights[2 * i + 1] as number
      words[at] = id
      words[end - 4] = id
      if (before >= 0) {
        const first = i - (lengths[before] as number)
        const old = words[4 * first + 1] as number
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
        words[4 * first + 1] = fresh
        // The symbol before that the last step made is noted already.
        if (before !== id) made[count++] = first
      }
      if (after < 0) words[at + 1] = -1
      else {
        const old = words[j + 1] as number
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
        made[count++] = i
      }
      words[j + 1] = -1
    }
    counts[pair] = 0
    this.size = size
    this.#place(made, 0, count, known)
  }

  /** Notes the pairs of the rows as they are. */
  #findPairs(): void {
    const { words, weights, size } = this.#cells
    let slots = new Int32Array(1 << 13)
    const slotOf = (a: number, b: number): number => {
      const mask = slots.length - 1
      let slot = hashPair(a, b) & mask
      for (;;) {
        const pair = (slots[slot] as number) - 1
        if (pair < 0 || (this.left[pair] === a && this.right[pair] === b)) return slot
        slot = (slot + 1) & mask
      }
    }
    const positions = new Int32Array(size)
    let count = 0
    for (let i = 1; i < size; i++) {
      const left = words[4 * i] as number
      const right = words[4 * i + 4] as number
      if (left < 0 || right < 0 || i + 1 === size) continue
      const slot = slotOf(left, right)
      let pair = (slots[slot] as number) - 1
      if (pair < 0) {
        this.#reserve(this.size + 1)
        pair = this.size++
        this.left[pair] = left
        this.right[pair] = right
        slots[slot] = pair + 1
        if (this.size * 2 > slots.length) {
          slots = new Int32Array(slots.length * 2)
          for (let p = 0; p < this.size; p++) {
            slots[slotOf(this.left[p] as number, this.right[p] as number)] = p + 1
          }
        }
      }
      this.counts[pair] = (this.counts[pair] as number) + (weights[2 * i + 1] as number)
      words[4 * i + 1] = pair
      positions[count++] = i
    }
    this.#place(positions, 0, count, 0)
  }

  /** Sorts the positions of new pairs by pair. */
  #place(positions: Int32Array, from: number, to: number, known: number): void {
    const starts = this.#starts
    const { words } = this.#cells
    let end = starts[known] as number
    if (end + to - from > this.#places.length) {
      const larger = new Int32Array(Math.max(end + to - from, this.#places.length * 2))
      larger.set(this.#places)
      this.#places = larger
    }
    const places = this.#places
    starts.fill(0, known, this.size)
    for (let k = from; k < to; k++) {
      const pair = words[4 * (positions[k] as number) + 1] as number
      starts[pair] = (starts[pair] as number) + 1
    }
    for (let pair = known; pair < this.size; pair++) {
      end += starts[pair] as number
      starts[pair] = end
    }
    starts[this.size] = end
    for (let k = to - 1; k >= from; k--) {
      const position = positions[k] as number
      const pair = words[4 * position + 1] as number
      const place = (starts[pair] as number) - 1
      places[place] = position
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
