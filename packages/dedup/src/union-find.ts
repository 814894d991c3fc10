/**
 * Disjoint sets of the numbers 0 to `size` - 1; each set is represented by its smallest member.
 *
 * With numbers given in order of arrival, the representative is the earliest: it does not depend on the order of the
 * unions.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { UnionFind } = await import('./union-find.js')
 * const sets = new UnionFind(4)
 * sets.union(3, 2)
 * sets.union(2, 1)
 * expect([0, 1, 2, 3].map((i) => sets.find(i))).toEqual([0, 1, 1, 1])
 * ```
 */
export class UnionFind {
  #parent: Uint32Array
  #size: number

  constructor(size = 0) {
    this.#parent = Uint32Array.from({ length: size }, (_, i) => i)
    this.#size = size
  }

  get size(): number {
    return this.#size
  }

  /** Adds the number `size` as a set of its own, and returns it. */
  add(): number {
    if (this.#size === this.#parent.length) {
      const larger = new Uint32Array(Math.max(1024, 2 * this.#size))
      larger.set(this.#parent)
      this.#parent = larger
    }
    this.#parent[this.#size] = this.#size
    return this.#size++
  }

  /** Smallest member of the set that holds `i`. */
  find(i: number): number {
    if (!(i >= 0 && i < this.#size))
      throw new RangeError(`UnionFind: expected 0 to ${this.#size - 1}, got ${i}`)
    const parent = this.#parent
    let at = i
    // Path halving: every second step is made shorter for the next time.
    while (parent[at] !== at) {
      const above = parent[parent[at]!]!
      parent[at] = above
      at = above
    }
    return at
  }

  /** Joins two sets; true when they were different. */
  union(i: number, j: number): boolean {
    const a = this.find(i)
    const b = this.find(j)
    if (a === b) return false
    if (a < b) this.#parent[b] = a
    else this.#parent[a] = b
    return true
  }
}
