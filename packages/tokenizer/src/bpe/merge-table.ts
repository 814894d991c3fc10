/** No merge exists for a pair. Larger than any rank. */
export const NO_MERGE = 0x7fffffff

/** Ranks fit in the low bits of a slot; the rest of the pair's hash stands above them. */
const RANK_BITS = 21
const RANK_MASK = (1 << RANK_BITS) - 1

/**
 * Merges by pair of ids: which pairs may be merged, in which order of preference, and into what.
 * `left[r]` and `right[r]` become `product[r]`; a lower rank `r` goes first.
 */
export class MergeTable {
  readonly product: Int32Array
  readonly #left: Int32Array
  readonly #right: Int32Array
  readonly #mask: number
  /**
   * Rank + 1 (0: empty) and some bits of the hash, which tell nearly all other pairs apart without a look at their ids. One word
   * per slot, so that the table is quickly made and stays in the processor's cache.
   */
  readonly #slots: Int32Array
  #size = 0

  /** `capacity` is how many merges there will be with those that `add` brings. */
  constructor(
    left: ArrayLike<number>,
    right: ArrayLike<number>,
    product: ArrayLike<number>,
    capacity: number = left.length,
  ) {
    let slots = 16
    while (slots < capacity * 2) slots *= 2
    this.#mask = slots - 1
    this.#slots = new Int32Array(slots)
    this.#left = new Int32Array(capacity)
    this.#right = new Int32Array(capacity)
    this.product = new Int32Array(capacity)
    this.#left.set(left)
    this.#right.set(right)
    this.product.set(product)
    this.#size = left.length
    fill(this.#slots, this.#left, this.#right, 0, left.length)
  }

  /** Adds a merge behind all others. */
  add(left: number, right: number, product: number): void {
    const rank = this.#size++
    this.#left[rank] = left
    this.#right[rank] = right
    this.product[rank] = product
    fill(this.#slots, this.#left, this.#right, rank, rank + 1)
  }

  /** The rank of the merge of `a` and `b`, or `NO_MERGE`. */
  rank(a: number, b: number): number {
    const slots = this.#slots
    const mask = this.#mask
    const hash = hashPair(a, b)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot] as number
      if (found === 0) return NO_MERGE
      if (((found ^ hash) & ~RANK_MASK) !== 0) continue
      const rank = (found & RANK_MASK) - 1
      if (this.#left[rank] === a && this.#right[rank] === b) return rank
    }
  }
}

/** Puts some merges in their slots: a function of its own, as a loop of this length is compiled while it runs. */
function fill(
  slots: Int32Array,
  left: Int32Array,
  right: Int32Array,
  from: number,
  to: number,
): void {
  const mask = slots.length - 1
  for (let rank = from; rank < to; rank++) {
    const hash = hashPair(left[rank] as number, right[rank] as number)
    let slot = hash & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = (hash & ~RANK_MASK) | (rank + 1)
  }
}

/** Spreads a pair of ids over 32 bits. */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}
