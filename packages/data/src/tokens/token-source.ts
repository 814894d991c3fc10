/** Token ids that can be read in windows: a file ({@link openTokenFile}) or an array ({@link tokensOf}). */
export interface TokenSource {
  /** How many tokens there are. */
  readonly length: number
  /**
   * A copy of the `count` ids from position `start` on. Synchronous.
   * @throws RangeError if the window is not inside [0, length)
   */
  read(start: number, count: number): Uint16Array | Uint32Array
}

/**
 * A token source over an array in memory, which it does not copy. A `Uint16Array` is read as one;
 * everything else is read as `Uint32Array`.
 *
 * @throws RangeError from `read`, if the window is out of range or an element is not an integer in [0, 2^32)
 * @example
 * ```ts @import.meta.vitest
 * const { tokensOf } = await import('./token-source.js')
 * expect([...tokensOf([5, 6, 7, 8]).read(1, 2)]).toEqual([6, 7])
 * ```
 */
export function tokensOf(ids: ArrayLike<number>): TokenSource {
  return {
    get length() {
      return ids.length
    },
    read(start, count) {
      checkWindow('read', start, count, ids.length)
      if (ids instanceof Uint16Array || ids instanceof Uint32Array) {
        return ids.slice(start, start + count)
      }
      const window = new Uint32Array(count)
      for (let i = 0; i < count; i++) {
        const id = ids[start + i]!
        if (id >>> 0 !== id) {
          throw new RangeError(
            `read: expected token ids in [0, 2^32), got ${id} at position ${start + i}`,
          )
        }
        window[i] = id
      }
      return window
    },
  }
}

/** @throws RangeError unless [start, start + count) lies inside [0, length) */
export function checkWindow(caller: string, start: number, count: number, length: number): void {
  const valid = Number.isSafeInteger(start) && Number.isSafeInteger(count)
  if (!valid || start < 0 || count < 0 || start + count > length) {
    throw new RangeError(
      `${caller}: expected a window inside the ${length} tokens, got ${count} from position ${start}`,
    )
  }
}
