/**
 * Float32Arrays by length, used again: filling fresh ones with zeros and collecting them costs more than most kernels.
 *
 * An array that was lent comes back through `release`, unless somebody else may hold it (`forget`); then the garbage
 * collector has it. At most as many bytes wait here as were ever lent at one time, the lengths used last.
 */
export class ArrayPool {
  readonly #free = new Map<number, Float32Array[]>()
  readonly #lent = new WeakSet<ArrayBufferView>()
  readonly #allocate: (length: number) => Float32Array
  #freeBytes = 0
  #lentBytes = 0
  #peakBytes = 0

  /** @param allocate makes a new array where none waits */
  constructor(allocate = (length: number): Float32Array => new Float32Array(length)) {
    this.#allocate = allocate
  }

  /** Bytes of the arrays that wait. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  /** Leaves the arrays that wait to the garbage collector. */
  clear(): void {
    this.#free.clear()
    this.#freeBytes = 0
  }

  /** An array of this length with any content. */
  take(length: number): Float32Array {
    const array = this.#reuse(length) ?? this.#allocate(length)
    this.#lent.add(array)
    this.#lentBytes += array.byteLength
    this.#peakBytes = Math.max(this.#peakBytes, this.#lentBytes)
    return array
  }

  /** Gives an array back; nothing happens unless it was lent and not forgotten. */
  release(array: ArrayBufferView): void {
    if (!(array instanceof Float32Array) || !this.forget(array)) return
    const others = this.#free.get(array.length) ?? []
    others.push(array)
    // The map's order is that of the last release.
    this.#free.delete(array.length)
    this.#free.set(array.length, others)
    this.#freeBytes += array.byteLength
    this.#evict()
  }

  /** Whether the array is lent and not forgotten: nobody but the borrower has it. */
  lends(array: ArrayBufferView): boolean {
    return this.#lent.has(array)
  }

  /** Leaves a lent array to whoever holds it. Returns whether it was lent. */
  forget(array: ArrayBufferView): boolean {
    if (!this.#lent.delete(array)) return false
    this.#lentBytes -= array.byteLength
    return true
  }

  #reuse(length: number): Float32Array | undefined {
    const array = this.#free.get(length)?.pop()
    if (array !== undefined) this.#freeBytes -= array.byteLength
    return array
  }

  #evict(): void {
    for (const [length, arrays] of this.#free) {
      while (this.#freeBytes > this.#peakBytes) {
        const array = arrays.pop()
        if (array === undefined) break
        this.#freeBytes -= array.byteLength
      }
      if (arrays.length === 0) this.#free.delete(length)
      if (this.#freeBytes <= this.#peakBytes) return
    }
  }
}
