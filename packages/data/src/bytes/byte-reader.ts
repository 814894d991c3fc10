/** Takes exact numbers of bytes from a stream of chunks, however they are cut. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #pending: Uint8Array[] = []
  #available = 0
  #ended = false
  #failure: { readonly error: unknown } | undefined

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /**
   * The next `count` bytes, or all that are left when there are fewer.
   *
   * @throws what the source threw, when it failed before `count` bytes.
   */
  async take(count: number): Promise<Uint8Array> {
    while (this.#available < count && (await this.#fill())) {}
    if (this.#available < count) this.#throwFailure()
    return this.#shift(Math.min(count, this.#available))
  }

  /** As `take`, but of a source that failed what came before the failure is given out first. */
  async takeUpTo(count: number): Promise<Uint8Array> {
    while (this.#available < count && (await this.#fill())) {}
    if (this.#available === 0) this.#throwFailure()
    return this.#shift(Math.min(count, this.#available))
  }

  /** Whatever is at hand, at least one byte; `undefined` at the end. */
  async takeSome(limit: number): Promise<Uint8Array | undefined> {
    if (this.#available === 0 && !(await this.#fill())) {
      this.#throwFailure()
      return undefined
    }
    return this.#shift(Math.min(limit, this.#pending[0]?.length ?? 0))
  }

  /** Passes over `count` bytes without keeping them; gives how many there were. */
  async skip(count: number): Promise<number> {
    let skipped = 0
    while (skipped < count) {
      const some = await this.takeSome(count - skipped)
      if (some === undefined) break
      skipped += some.length
    }
    return skipped
  }

  /** Puts bytes back in front. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#pending.unshift(bytes)
    this.#available += bytes.length
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false
    for (;;) {
      const next = await this.#next()
      if (next.done === true) {
        this.#ended = true
        return false
      }
      if (next.value.length === 0) continue
      this.#pending.push(next.value)
      this.#available += next.value.length
      return true
    }
  }

  /** The next chunk; a failure is kept for when the bytes before it are used up. */
  async #next(): Promise<IteratorResult<Uint8Array, unknown>> {
    try {
      return await this.#chunks.next()
    } catch (error) {
      this.#failure = { error }
      return { done: true, value: undefined }
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #shift(count: number): Uint8Array {
    this.#available -= count
    const first = this.#pending[0]
    if (first !== undefined && first.length > count) {
      this.#pending[0] = first.subarray(count)
      return first.subarray(0, count)
    }
    const parts: Uint8Array[] = []
    let left = count
    while (left > 0) {
      const part = this.#pending[0]
      if (part === undefined) break
      if (part.length > left) {
        parts.push(part.subarray(0, left))
        this.#pending[0] = part.subarray(left)
        left = 0
      } else {
        parts.push(part)
        this.#pending.shift()
        left -= part.length
      }
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
  }
}
