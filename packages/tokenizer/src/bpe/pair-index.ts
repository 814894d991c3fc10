import { fenceRows, type SymbolRows } from './symbol-rows.js'

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

  readonly #weights: Float64Array
  /** A symbol stands at the first and the last of its positions; the others hold what was there before. */
  readonly #symbols: Int32Array
  readonly #rowOf: Int32Array
  /** The pair that begins at a position, -1 where none does. */
  readonly #pairAt: Int32Array
  /** Positions of each pair in the order of the rows, from `#starts[pair]` up to the start of the next pair's; those where `#pairAt` names another are out of date. */
  #places: Int32Array
  #starts: Uint32Array = new Uint32Array(1 << 12)
  /** The last pair made with each symbol on its left, and on its right. */
  readonly #leftPair: Int32Array
  readonly #rightPair: Int32Array
  /** Where the last merge made pairs. */
  #made: Int32Array = new Int32Array(1 << 12)

  /** @param symbols ids are below this number, those of merges too. */
  constructor(rows: SymbolRows, symbols: number) {
    const { symbols: fenced, rowOf } = fenceRows(rows)
    this.lengths = new Int32Array(symbols).fill(1)
    this.#weights = rows.counts
    this.#symbols = fenced
    this.#rowOf = rowOf
    this.#pairAt = new Int32Array(fenced.length).fill(-1)
    this.#places = new Int32Array(fenced.length)
    this.#leftPair = new Int32Array(symbols).fill(-1)
    this.#rightPair = new Int32Array(symbols).fill(-1)
    this.#findPairs(symbols)
  }

  /** Puts symbol `id` wherever a pair stands: of three alike the first two. The pairs that this makes have the numbers from the old `size`. */
  merge(pair: number, id: number): void {
    const from = this.#starts[pair] as number
    const to = this.#starts[pair + 1] as number
    const known = this.size
    this.#reserve(known + 2 * (to - from))
    if (this.#made.length < 2 * (to - from)) this.#made = new Int32Array(4 * (to - from))
    const { lengths, left, right, counts } = this
    const symbols = this.#symbols
    const rowOf = this.#rowOf
    const weights = this.#weights
    const pairAt = this.#pairAt
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
      if (pairAt[i] !== pair) continue
      const j = i + leftLength
      const end = i + length
      const before = symbols[i - 1] as number
      const after = symbols[end] as number
      const times = weights[rowOf[i] as number] as number
      symbols[i] = id
      symbols[end - 1] = id
      if (before >= 0) {
        const at = i - (lengths[before] as number)
        const old = pairAt[at] as number
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
        pairAt[at] = fresh
        // The symbol before that the last step made is noted already.
        if (before !== id) made[count++] = at
      }
      if (after < 0) pairAt[i] = -1
      else {
        const old = pairAt[j] as number
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
        pairAt[i] = fresh
        made[count++] = i
      }
      pairAt[j] = -1
    }
    counts[pair] = 0
    this.size = size
    this.#place(made, 0, count, known)
  }

  /** Notes the pairs of the rows as they are, symbol by symbol. */
  #findPairs(ids: number): void {
    const symbols = this.#symbols
    const ends = new Uint32Array(ids)
    const follows = (i: number): boolean =>
      (symbols[i] as number) >= 0 && (symbols[i + 1] as number) >= 0
    for (let i = 0; i + 1 < symbols.length; i++) if (follows(i)) ends[symbols[i] as number]!++
    for (let id = 1; id < ids; id++) ends[id] = (ends[id] as number) + (ends[id - 1] as number)
    const places = new Int32Array(ends[ids - 1] ?? 0)
    for (let i = symbols.length - 2; i >= 0; i--) {
      if (follows(i)) places[--ends[symbols[i] as number]!] = i
    }
    for (let id = 0; id < ids; id++) {
      const from = ends[id] as number
      const to = ends[id + 1] ?? places.length
      const known = this.size
      this.#reserve(known + to - from)
      for (let k = from; k < to; k++) {
        const i = places[k] as number
        const after = symbols[i + 1] as number
        let pair = this.#rightPair[after] as number
        if (pair < known) {
          pair = this.size++
          this.left[pair] = id
          this.right[pair] = after
          this.#rightPair[after] = pair
        }
        this.counts[pair] =
          (this.counts[pair] as number) + (this.#weights[this.#rowOf[i] as number] as number)
        this.#pairAt[i] = pair
      }
      this.#place(places, from, to, known)
    }
  }

  /** Sorts the positions of new pairs by pair. */
  #place(positions: Int32Array, from: number, to: number, known: number): void {
    const starts = this.#starts
    const pairAt = this.#pairAt
    let end = starts[known] as number
    if (end + to - from > this.#places.length) {
      const larger = new Int32Array(Math.max(end + to - from, this.#places.length * 2))
      larger.set(this.#places)
      this.#places = larger
    }
    const places = this.#places
    starts.fill(0, known, this.size)
    for (let k = from; k < to; k++) {
      const pair = pairAt[positions[k] as number] as number
      starts[pair] = (starts[pair] as number) + 1
    }
    for (let pair = known; pair < this.size; pair++) {
      end += starts[pair] as number
      starts[pair] = end
    }
    starts[this.size] = end
    for (let k = to - 1; k >= from; k--) {
      const position = positions[k] as number
      const pair = pairAt[position] as number
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
