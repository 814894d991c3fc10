import type { PairIndex } from './pair-index.js'
import type { GoesBefore } from './pair-order.js'

/**
 * Pairs with the largest count first; among equals as `goesBefore` says.
 *
 * Lazy: an entry remembers the count it was offered with. Counts only fall after that, so an entry that turns out
 * stale when it comes up is offered again with what is left, and nothing else needs moving.
 */
export class PairQueue {
  readonly #pairs: PairIndex
  readonly #goesBefore: GoesBefore
  #counts: Float64Array = new Float64Array(1 << 12)
  #entries: Int32Array = new Int32Array(1 << 12)
  #size = 0

  constructor(pairs: PairIndex, goesBefore: GoesBefore) {
    this.#pairs = pairs
    this.#goesBefore = goesBefore
  }

  push(pair: number): void {
    if (this.#size === this.#entries.length) this.#grow()
    const counts = this.#counts
    const entries = this.#entries
    const count = this.#pairs.counts[pair] as number
    let i = this.#size++
    while (i > 0) {
      const parent = (i - 1) >> 2
      if (!this.#before(count, pair, counts[parent] as number, entries[parent] as number)) break
      counts[i] = counts[parent] as number
      entries[i] = entries[parent] as number
      i = parent
    }
    counts[i] = count
    entries[i] = pair
  }

  /** Takes out the pair with the largest present count; -1 when none occurs any more. */
  pop(): number {
    while (this.#size > 0) {
      const offered = this.#counts[0] as number
      const pair = this.#entries[0] as number
      this.#removeTop()
      const count = this.#pairs.counts[pair] as number
      if (count === offered) return pair
      if (count > 0) this.push(pair)
    }
    return -1
  }

  #removeTop(): void {
    const counts = this.#counts
    const entries = this.#entries
    const size = --this.#size
    const count = counts[size] as number
    const pair = entries[size] as number
    let i = 0
    for (;;) {
      let best = 4 * i + 1
      if (best >= size) break
      const stop = Math.min(best + 4, size)
      for (let k = best + 1; k < stop; k++) {
        if (this.#before(counts[k]!, entries[k]!, counts[best]!, entries[best]!)) best = k
      }
      if (!this.#before(counts[best]!, entries[best]!, count, pair)) break
      counts[i] = counts[best] as number
      entries[i] = entries[best] as number
      i = best
    }
    counts[i] = count
    entries[i] = pair
  }

  #before(count: number, pair: number, otherCount: number, other: number): boolean {
    return count !== otherCount ? count > otherCount : this.#goesBefore(pair, other)
  }

  #grow(): void {
    const counts = new Float64Array(this.#size * 2)
    counts.set(this.#counts)
    this.#counts = counts
    const entries = new Int32Array(this.#size * 2)
    entries.set(this.#entries)
    this.#entries = entries
  }
}
