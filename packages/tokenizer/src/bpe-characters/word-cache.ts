import type { IdBuffer } from '../id-buffer.js'

/** Longer words are merged each time: they hardly ever repeat. */
const LONGEST = 48
/** About 25 MB when all of it is used. */
const MOST = 1 << 17

/** The ids of words seen before. Takes in words up to its limit; the frequent ones come early. */
export class WordCache {
  readonly #ids: Map<string, Uint32Array> = new Map()

  /** Appends the ids of a word. False when it is not here. */
  copy(word: string, out: IdBuffer): boolean {
    const ids = word.length > LONGEST ? undefined : this.#ids.get(word)
    if (ids === undefined) return false
    out.reserve(ids.length)
    let at = out.length
    for (const id of ids) out.array[at++] = id
    out.length = at
    return true
  }

  /** Keeps the ids of a word, which are the last in `out`, from `from` on. */
  add(word: string, out: IdBuffer, from: number): void {
    if (word.length > LONGEST || this.#ids.size >= MOST) return
    // A part of a string keeps the whole of it alive; this makes a copy.
    const copy = String.fromCharCode(
      ...Array.from({ length: word.length }, (_, i) => word.charCodeAt(i)),
    )
    this.#ids.set(copy, out.array.slice(from, out.length))
  }
}
