/** A list of ids that grows, in a typed array that the hot loops write to directly. */
export class IdBuffer {
  array: Uint32Array = new Uint32Array(1024)
  length = 0

  push(id: number): void {
    if (this.length === this.array.length) this.reserve(1)
    this.array[this.length++] = id
  }

  /** Makes room for `count` more ids. `array` may be another one afterwards. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.array.length) return
    const larger = new Uint32Array(Math.max(needed, this.array.length * 2))
    larger.set(this.array.subarray(0, this.length))
    this.array = larger
  }

  /** The ids as an array of their own. */
  take(): Uint32Array {
    return this.array.slice(0, this.length)
  }

  /** Empties the list, and lets go of an array that one very long text made large. */
  clear(): void {
    this.length = 0
    if (this.array.length > 1 << 20) this.array = new Uint32Array(1024)
  }
}
