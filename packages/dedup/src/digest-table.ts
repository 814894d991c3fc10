/**
 * A set of 64- or 128-bit digests that numbers them in order of arrival.
 *
 * Open addressing in typed arrays: 12 or 20 bytes per slot, at most two thirds of the slots filled, so 18 to 60 bytes
 * per digest. The digests have to be well mixed; no further hashing is done.
 */
export class DigestTable {
  readonly #words: 2 | 4
  #digests: Uint32Array
  /** Number of the digest in each slot, plus one; 0 is empty. */
  #numbers: Uint32Array
  #size = 0

  constructor(bits: 64 | 128) {
    this.#words = bits === 64 ? 2 : 4
    this.#digests = new Uint32Array(1024 * this.#words)
    this.#numbers = new Uint32Array(1024)
  }

  /** Digests in the table. */
  get size(): number {
    return this.#size
  }

  /** Number of the digest; a new one gets the next number, which equals `size` before the call. */
  add(a: number, b: number, c = 0, d = 0): number {
    if (3 * this.#size >= 2 * this.#numbers.length) this.#grow()
    const slot = this.#slot(a, b, c, d)
    const number = this.#numbers[slot]!
    if (number !== 0) return number - 1
    this.#put(slot, a, b, c, d, this.#size + 1)
    return this.#size++
  }

  /** Number of the digest, or -1. */
  find(a: number, b: number, c = 0, d = 0): number {
    return this.#numbers[this.#slot(a, b, c, d)]! - 1
  }

  /** The slot that holds the digest, or the empty one where it belongs. */
  #slot(a: number, b: number, c: number, d: number): number {
    const mask = this.#numbers.length - 1
    const wide = this.#words === 4
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      if (this.#numbers[slot] === 0) return slot
      const at = slot * this.#words
      const same = this.#digests[at] === a >>> 0 && this.#digests[at + 1] === b >>> 0
      if (!same) continue
      if (!wide || (this.#digests[at + 2] === c >>> 0 && this.#digests[at + 3] === d >>> 0))
        return slot
    }
  }

  #put(slot: number, a: number, b: number, c: number, d: number, number: number): void {
    const at = slot * this.#words
    this.#digests[at] = a
    this.#digests[at + 1] = b
    if (this.#words === 4) {
      this.#digests[at + 2] = c
      this.#digests[at + 3] = d
    }
    this.#numbers[slot] = number
  }

  #grow(): void {
    const digests = this.#digests
    const numbers = this.#numbers
    this.#digests = new Uint32Array(2 * digests.length)
    this.#numbers = new Uint32Array(2 * numbers.length)
    for (let slot = 0; slot < numbers.length; slot++) {
      if (numbers[slot] === 0) continue
      const at = slot * this.#words
      const a = digests[at]!
      const b = digests[at + 1]!
      const c = this.#words === 4 ? digests[at + 2]! : 0
      const d = this.#words === 4 ? digests[at + 3]! : 0
      this.#put(this.#slot(a, b, c, d), a, b, c, d, numbers[slot]!)
    }
  }
}
