/** How far the cache may grow. */
export interface WordCacheLimits {
  readonly words: number
  readonly units: number
  readonly ids: number
}

/** About 35 MB when all of it is used. */
const LIMITS: WordCacheLimits = { words: 1 << 19, units: 1 << 22, ids: 1 << 21 }

/** Longer words hardly ever repeat, and are not kept. */
export const LONGEST_WORD = 64

/**
 * The ids of words seen before, a word being UTF-16 units of an array. Takes in no more once it is full: in natural text
 * the frequent words come early.
 */
export class WordCache {
  ids: Uint32Array = new Uint32Array(1024)
  /** By word: its first id in `ids`, and one past its last; what was kept with it. */
  idStarts: Uint32Array = new Uint32Array(257)
  margins: Float64Array = new Float64Array(256)

  readonly #limits: WordCacheLimits
  /** Word plus one, 0 for empty; a power of two of them. */
  #slots: Int32Array = new Int32Array(1024)
  #hashes: Int32Array = new Int32Array(256)
  #unitStarts: Uint32Array = new Uint32Array(257)
  #units: Uint16Array = new Uint16Array(2048)
  #words = 0
  #slot = 0
  #hash = 0

  constructor(limits: WordCacheLimits = LIMITS) {
    this.#limits = limits
  }

  /** Words held. */
  get size(): number {
    return this.#words
  }

  /** The number of the word `units[from]` up to `units[to]`, or -1. */
  find(units: Uint16Array, from: number, to: number): number {
    const length = to - from
    if (length > LONGEST_WORD) return -1
    let hash = length
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (units[i] as number), 0x9e3779b1)
    hash ^= hash >>> 15
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (;;) {
      const word = (this.#slots[slot] as number) - 1
      if (word < 0) break
      if (this.#hashes[word] === hash && this.#holds(word, units, from, length)) return word
      slot = (slot + 1) & mask
    }
    this.#slot = slot
    this.#hash = hash
    return -1
  }

  /** Keeps the first `count` ids for the word that `find` was just asked for in vain; its number, or -1 when it is not kept. */
  add(
    units: Uint16Array,
    from: number,
    to: number,
    ids: Uint32Array,
    count: number,
    margin = 0,
  ): number {
    const word = this.#words
    const unitStart = this.#unitStarts[word] as number
    const idStart = this.idStarts[word] as number
    const { words, units: maxUnits, ids: maxIds } = this.#limits
    if (to - from > LONGEST_WORD || word >= words) return -1
    if (unitStart + to - from > maxUnits || idStart + count > maxIds) return -1
    this.#units = grown(this.#units, unitStart + to - from, uint16)
    this.#units.set(units.subarray(from, to), unitStart)
    this.ids = grown(this.ids, idStart + count, uint32)
    this.ids.set(ids.subarray(0, count), idStart)
    this.#unitStarts = grown(this.#unitStarts, word + 2, uint32)
    this.#unitStarts[word + 1] = unitStart + to - from
    this.idStarts = grown(this.idStarts, word + 2, uint32)
    this.idStarts[word + 1] = idStart + count
    this.margins = grown(this.margins, word + 1, float64)
    this.margins[word] = margin
    this.#hashes = grown(this.#hashes, word + 1, int32)
    this.#hashes[word] = this.#hash
    this.#slots[this.#slot] = word + 1
    this.#words++
    if (this.#words * 2 > this.#slots.length) this.#rehash()
    return word
  }

  #holds(word: number, units: Uint16Array, from: number, length: number): boolean {
    const start = this.#unitStarts[word] as number
    if ((this.#unitStarts[word + 1] as number) - start !== length) return false
    for (let i = 0; i < length; i++) {
      if (this.#units[start + i] !== units[from + i]) return false
    }
    return true
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let word = 0; word < this.#words; word++) {
      let slot = (this.#hashes[word] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = word + 1
    }
    this.#slots = slots
  }
}

/** The array, or a copy of at least twice its length, so that it holds `size`. */
function grown<T extends Uint16Array | Uint32Array | Int32Array | Float64Array>(
  array: T,
  size: number,
  make: (length: number) => T,
): T {
  if (size <= array.length) return array
  const larger = make(Math.max(size, array.length * 2))
  larger.set(array)
  return larger
}

const uint16 = (length: number): Uint16Array => new Uint16Array(length)
const uint32 = (length: number): Uint32Array => new Uint32Array(length)
const int32 = (length: number): Int32Array => new Int32Array(length)
const float64 = (length: number): Float64Array => new Float64Array(length)
