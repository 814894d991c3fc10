import type { Kernel } from '../kernel/kernel.js'
import { STARTS, WINDOW, WINDOW_SIZE } from '../kernel/layout.js'
import { unitsIn } from '../patterns/utf8.js'

/**
 * Shows a text through the kernel's window. Use: `open(text)`, then `fill()`, cut and work on the pieces, and `keep(count)`
 * with how many were worked off, until `last`; `close()` ends it earlier.
 */
export class KernelWindow {
  end = 0
  /** Nothing follows the window: its end is the end of the text. */
  last = true

  readonly #kernel: Kernel
  readonly #encoder = new TextEncoder()
  #text = ''
  #read = 0
  /** Bytes that are left from before. */
  #kept = 0

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  open(text: string): void {
    this.#text = text
    this.#read = 0
    this.#kept = 0
  }

  /** Reads on. @param size about how many bytes to show, if fewer than fit will do. */
  fill(size: number = WINDOW_SIZE): void {
    const text = this.#text
    const read = this.#read
    const room = Math.min(Math.max(1024, size) + this.#kept, WINDOW_SIZE) - this.#kept
    // A surrogate pair that this cuts in two has no room left, and is read whole next time.
    const stop = Math.min(text.length, read + room)
    const chunk = read === 0 && stop === text.length ? text : text.slice(read, stop)
    const from = WINDOW + this.#kept
    const done = this.#encoder.encodeInto(chunk, this.#kernel.bytes.subarray(from, from + room))
    this.#read += done.read
    this.end = this.#kept + done.written
    this.last = this.#read === text.length
    if (this.last) this.close()
  }

  /** Forgets the text. */
  close(): void {
    this.#text = ''
  }

  /** Drops the first `count` pieces. When a piece is as long as the window, returns the rest of the text from there instead. */
  keep(count: number): string | undefined {
    const { bytes, words } = this.#kernel
    const next = WINDOW + (words[(STARTS >> 2) + count] as number)
    this.#kept = WINDOW + this.end - next
    if (this.#kept > WINDOW_SIZE - 16) {
      const rest = this.#text.slice(this.#read - unitsIn(bytes, next, next + this.#kept))
      this.close()
      return rest
    }
    bytes.copyWithin(WINDOW, next, next + this.#kept)
    return undefined
  }
}
