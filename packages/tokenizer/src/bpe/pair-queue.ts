import type { PairIndex } from './pair-index.js'
import type { GoesBefore } from './pair-order.js'

/**
 * Pairs with the largest count first; among equals as `goesBefore` says.
 *
 * Counts only fall after a pair is offered. A heap holds those with the largest counts, each with the count that it was offered
 * with: one that turns out stale when it comes up is offered again. All others lie on a pile until the heap is empty.
 */
export class PairQueue {
  readonly #pairs: PairIndex
  readonly #goesBefore: GoesBefore
  #counts: Float64Array = new Float64Array(1 << 10)
  #entries: Int32Array = new Int32Array(1 << 10)
  #size = 0
  #pile: Int32Array = new Int32Array(1 << 12)
  #piled = 0
  /** The heap holds all pairs with this count or more. */
  #least = Number.POSITIVE_INFINITY

  constructor(pairs: PairIndex, goesBefore: GoesBefore) {
    this.#pairs = pairs
    this.#goesBefore = goesBefore
  }

  push(pair: number): void {
    const count = this.#pairs.counts[pair] as number
    if (count >= this.#least) this.#heap(pair, count)
    else if (count > 0) {
      if (this.#piled === this.#pile.length) this.#pile = grown(this.#pile)
      this.#pile[this.#piled++] = pair
    }
  }

  /** Takes out the pair with the largest present count; -1 when none occurs any more. */
  pop(): number {
    do {
      while (this.#size > 0) {
        const offered = this.#counts[0] as number
        const pair = this.#entries[0] as number
        this.#removeTop()
        if (this.#pairs.counts[pair] === offered) return pair
        this.push(pair)
      }
    } while (this.#sift())
    return -1
  }

  /** Moves what has the largest counts from the pile into the empty heap. False when there is nothing. */
  #sift(): boolean {
    const { counts } = this.#pairs
    const pile = this.#pile
    const piled = this.#piled
    let most = 0
    for (let i = 0; i < piled; i++) most = Math.max(most, counts[pile[i] as number] as number)
    if (most === 0) return false
    // Each time the largest count is less than half of the last: the pile is searched some dozens of times in all.
    this.#least = Math.ceil(most / 2)
    this.#piled = 0
    for (let i = 0; i < piled; i++) this.push(pile[i] as number)
    return true
  }

  #heap(pair: number, count: number): void {
    if (this.#size === this.#entries.length) {
      this.#entries = grown(this.#entries)
      const larger = new Float64Array(this.#entries.length)
      larger.set(this.#counts)
      this.#counts = larger
    }
    const counts = this.#counts
    const entries = this.#entries
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
}

function grown(old: Int32Array): Int32Array {
  const larger = new Int32Array(old.length * 2)
  larger.set(old)
  return larger
}
