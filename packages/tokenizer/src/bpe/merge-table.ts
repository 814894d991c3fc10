/** No merge exists for a pair. Larger than any rank. */
export const NO_MERGE = 0x7fffffff

/**
 * Merges by pair of ids: which pairs may be merged, in which order of preference, and into what.
 * `left[r]` and `right[r]` become `product[r]`; a lower rank `r` goes first.
 */
export class MergeTable {
  readonly product: Int32Array
  readonly #mask: number
  /** Three numbers per slot: left id + 1 (0: empty), right id, rank. */
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
    this.#slots = new Int32Array(slots * 3)
    this.product = new Int32Array(capacity)
    for (let rank = 0; rank < left.length; rank++) {
      this.add(left[rank] as number, right[rank] as number, product[rank] as number)
    }
  }

  /** Adds a merge behind all others. */
  add(a: number, b: number, product: number): void {
    const slots = this.#slots
    const mask = this.#mask
    let slot = hashPair(a, b) & mask
    while (slots[slot * 3] !== 0) slot = (slot + 1) & mask
    slots[slot * 3] = a + 1
    slots[slot * 3 + 1] = b
    slots[slot * 3 + 2] = this.#size
    this.product[this.#size++] = product
  }

  /** The rank of the merge of `a` and `b`, or `NO_MERGE`. */
  rank(a: number, b: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let slot = hashPair(a, b) & mask
    for (;;) {
      const at = slot * 3
      const found = slots[at] as number
      if (found === 0) return NO_MERGE
      if (found === a + 1 && slots[at + 1] === b) return slots[at + 2] as number
      slot = (slot + 1) & mask
    }
  }
}

/** Spreads a pair of ids over 32 bits. */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}
