/** The bytes of a backend's tensors, and whether there is room for more. */
export class MemoryAccount {
  /** Bytes that may be in use; undefined: as many as the machine has. */
  limit: number | undefined
  readonly #available: () => number
  #bytes = 0
  #peakBytes = 0

  /** @param available how many bytes this process may still take, or Infinity */
  constructor(available: () => number = () => Number.POSITIVE_INFINITY) {
    this.#available = available
  }

  get bytes(): number {
    return this.#bytes
  }

  get peakBytes(): number {
    return this.#peakBytes
  }

  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#peakBytes) this.#peakBytes = this.#bytes
  }

  remove(bytes: number): void {
    this.#bytes -= bytes
  }

  resetPeak(): void {
    this.#peakBytes = this.#bytes
  }

  /**
   * Says no before memory runs out. Arrays that wait to be used again are given up first.
   *
   * @throws RangeError when there is no room for an array of so many bytes
   */
  check(wanted: number, kernel: string, pool: { readonly freeBytes: number; clear(): void }): void {
    const { limit } = this
    if (limit !== undefined) {
      if (this.#bytes + pool.freeBytes + wanted <= limit) return
      pool.clear()
      if (this.#bytes + wanted <= limit) return
      throw this.#error(wanted, kernel, `the limit is ${size(limit)} (memoryLimit)`)
    }
    if (wanted < LARGE) return
    const available = this.#available()
    if (wanted <= available) return
    const given = pool.freeBytes
    pool.clear()
    if (wanted <= available + given) return
    throw this.#error(wanted, kernel, `${size(available + given)} are free`)
  }

  #error(wanted: number, kernel: string, room: string): RangeError {
    return new RangeError(
      `native: expected room for an array of ${size(wanted)} (${wanted / 4} numbers) in ${kernel}, but tensors take ${size(this.#bytes)} and ${room}; use a smaller batch, fewer positions, accumulate or checkpoint, or dispose of tensors`,
    )
  }
}

/** Asking the system takes longer than making an array below this. */
const LARGE = 1 << 24

function size(bytes: number): string {
  if (bytes < 1e6) return `${bytes} bytes`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
