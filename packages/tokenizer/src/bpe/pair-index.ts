import { hashPair } from './merge-table.js'

/**
 * The pairs of neighbouring symbols: how often each occurs, and a doubly linked list of exactly where.
 * A pair has a small number (`index`), a position belongs to at most one pair.
 */
export class PairIndex {
  size = 0
  left: Int32Array = new Int32Array(1 << 12)
  right: Int32Array = new Int32Array(1 << 12)
  /** Float64: exact up to 2^53. */
  counts: Float64Array = new Float64Array(1 << 12)
  /** First position of each pair, -1 when there is none. */
  first: Int32Array = new Int32Array(1 << 12)
  /** The position after each position in the list of the same pair, -1 at the end. */
  readonly following: Int32Array

  readonly #preceding: Int32Array
  readonly #pairAt: Int32Array
  #last: Int32Array = new Int32Array(1 << 12)
  /** Index of the pair + 1; 0: empty. */
  #slots: Int32Array = new Int32Array(1 << 13)

  constructor(positions: number) {
    this.following = new Int32Array(positions)
    this.#preceding = new Int32Array(positions)
    this.#pairAt = new Int32Array(positions).fill(-1)
  }

  /** Notes the pair (a, b) at a position, `weight` times, at the end of its list. */
  add(position: number, a: number, b: number, weight: number): void {
    const pair = this.#find(a, b)
    const before = this.#last[pair] as number
    this.counts[pair] = (this.counts[pair] as number) + weight
    this.#pairAt[position] = pair
    this.#preceding[position] = before
    this.following[position] = -1
    if (before >= 0) this.following[before] = position
    else this.first[pair] = position
    this.#last[pair] = position
  }

  /** Takes back whatever pair was noted at a position. */
  remove(position: number, weight: number): void {
    const pair = this.#pairAt[position] as number
    if (pair < 0) return
    const before = this.#preceding[position] as number
    const after = this.following[position] as number
    this.counts[pair] = (this.counts[pair] as number) - weight
    this.#pairAt[position] = -1
    if (before >= 0) this.following[before] = after
    else this.first[pair] = after
    if (after >= 0) this.#preceding[after] = before
    else this.#last[pair] = before
  }

  #find(a: number, b: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hashPair(a, b) & mask
    for (;;) {
      const pair = (slots[slot] as number) - 1
      if (pair < 0) break
      if (this.left[pair] === a && this.right[pair] === b) return pair
      slot = (slot + 1) & mask
    }
    if (this.size === this.left.length) this.#growPairs()
    const pair = this.size++
    this.left[pair] = a
    this.right[pair] = b
    this.first[pair] = -1
    this.#last[pair] = -1
    slots[slot] = pair + 1
    if (this.size * 2 > slots.length) this.#growSlots()
    return pair
  }

  #growPairs(): void {
    const length = this.size * 2
    const grow = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(length)
      larger.set(old)
      return larger
    }
    this.left = grow(this.left)
    this.right = grow(this.right)
    this.first = grow(this.first)
    this.#last = grow(this.#last)
    const counts = new Float64Array(length)
    counts.set(this.counts)
    this.counts = counts
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let pair = 0; pair < this.size; pair++) {
      let slot = hashPair(this.left[pair] as number, this.right[pair] as number) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = pair + 1
    }
  }
}
