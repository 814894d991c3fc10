const SIZE = 1 << 16
/** No window is filled with less, as long as there is more. */
const SMALLEST = 1 << 10
/** Bytes that may be read, though not used, beyond the end: the encoder loads sixteen at a time. */
export const SLACK = 16

/**
 * Shows a text of any length as UTF-8 through a small window that stays in the processor's cache.
 *
 * Use: `open(text)`, work on `bytes[0]` up to `bytes[end]`, then `advance(done)` with what was worked off,
 * until it says that there is no more; `close()` ends it earlier. Lone surrogates come out as U+FFFD.
 */
export class Utf8Window {
  bytes: Uint8Array = new Uint8Array(1024 + SLACK)
  view: DataView = new DataView(this.bytes.buffer)
  end = 0
  /** Nothing follows the window: its end is the end of the text. */
  last = true

  readonly #encoder = new TextEncoder()
  #text = ''
  #read = 0

  /** @param size about how many bytes to show, if fewer than fit will do. */
  open(text: string, size: number = SIZE): void {
    this.#text = text
    this.#read = 0
    this.end = 0
    this.#fill(size)
  }

  /** Drops the first `done` bytes and reads on. False, and the text forgotten, when it has all been shown. */
  advance(done: number, size: number = SIZE): boolean {
    if (this.last) {
      this.close()
      return false
    }
    this.bytes.copyWithin(0, done, this.end)
    this.end -= done
    this.#fill(size)
    return true
  }

  /** Forgets the text. */
  close(): void {
    this.#text = ''
    if (this.bytes.length > SIZE * 4) this.#resize(SIZE, 0)
  }

  #fill(atMost: number): void {
    const text = this.#text
    const size = Math.max(SMALLEST, Math.min(atMost, SIZE))
    // A piece longer than the window: doubling keeps the rescans linear in total.
    const wanted = Math.min(size, 3 * (text.length - this.#read)) + this.end * 2
    if (wanted + SLACK > this.bytes.length) this.#resize(wanted, this.end)
    const room = Math.min(this.bytes.length - SLACK, size + this.end * 2) - this.end
    // A surrogate pair that this cuts in two has no room left, and is read whole next time.
    const stop = Math.min(text.length, this.#read + room)
    const chunk = this.#read === 0 && stop === text.length ? text : text.slice(this.#read, stop)
    const { read, written } = this.#encoder.encodeInto(
      chunk,
      this.bytes.subarray(this.end, this.bytes.length - SLACK),
    )
    this.#read += read
    this.end += written
    this.last = this.#read === text.length
  }

  #resize(size: number, keep: number): void {
    const bytes = new Uint8Array(size + SLACK)
    bytes.set(this.bytes.subarray(0, keep))
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }
}
