import { codePoints } from './code-points.js'

/** Counts repeated n-grams of one list of words, for several n. */
export interface NgramRepetition {
  /** Characters of the most frequent n-gram times its count; of equally frequent ones, the first to appear. */
  top(n: number): number
  /** Characters in n-grams seen before, without the blanks; after a hit the scan goes on behind it. */
  repeated(n: number): number
}

/**
 * Prepares a list of words; n-grams are then told apart by 64-bit hashes, at the same cost for every n.
 *
 * `repeated` compares the words run together, as datatrove does, so `a bc` repeats `ab c`; `top` keeps a blank between.
 */
export function ngramRepetition(words: readonly string[]): NgramRepetition {
  const count = words.length
  const table = new CountTable(count)
  /** Code points in the words before each one. */
  const characters = new Float64Array(count + 1)
  for (let i = 0; i < count; i++) characters[i + 1] = characters[i]! + codePoints(words[i]!)
  let spaced: RangeHash | undefined
  let joined: RangeHash | undefined
  return {
    top(n) {
      spaced ??= new RangeHash(words, ' ')
      table.clear()
      let most = 0
      for (let i = 0; i + n <= count; i++) most = Math.max(most, table.add(spaced, i, i + n))
      for (let i = 0; i + n <= count; i++) {
        if (table.count(spaced, i, i + n) === most)
          return most * (characters[i + n]! - characters[i]! + n - 1)
      }
      return 0
    },
    repeated(n) {
      joined ??= new RangeHash(words, '')
      table.clear()
      let total = 0
      for (let i = 0; i + n <= count; ) {
        if (table.add(joined, i, i + n) > 1) {
          total += characters[i + n]! - characters[i]!
          i += n
        } else i++
      }
      return total
    },
  }
}

/** Hashes of any run of words in constant time: two polynomials modulo 2^32 over the UTF-16 units, by prefix sums. */
class RangeHash {
  readonly #offsets: Float64Array
  readonly #a: Polynomial
  readonly #b: Polynomial

  constructor(words: readonly string[], end: string) {
    this.#offsets = new Float64Array(words.length + 1)
    for (let i = 0; i < words.length; i++) {
      this.#offsets[i + 1] = this.#offsets[i]! + words[i]!.length + end.length
    }
    const text = words.join(end) + end
    this.#a = polynomial(text, 0x01000193)
    this.#b = polynomial(text, 0x5bd1e995)
  }

  a(from: number, to: number): number {
    return range(this.#a, this.#offsets[from]!, this.#offsets[to]!)
  }

  b(from: number, to: number): number {
    return range(this.#b, this.#offsets[from]!, this.#offsets[to]!)
  }
}

interface Polynomial {
  /** Hash of the units before each place. */
  readonly prefixes: Int32Array
  /** Powers of the base. */
  readonly powers: Int32Array
}

function polynomial(text: string, base: number): Polynomial {
  const prefixes = new Int32Array(text.length + 1)
  const powers = new Int32Array(text.length + 1)
  powers[0] = 1
  for (let i = 0; i < text.length; i++) {
    prefixes[i + 1] = Math.imul(prefixes[i]!, base) + text.charCodeAt(i) + 1
    powers[i + 1] = Math.imul(powers[i]!, base)
  }
  return { prefixes, powers }
}

function range({ prefixes, powers }: Polynomial, from: number, to: number): number {
  return (prefixes[to]! - Math.imul(prefixes[from]!, powers[to - from]!)) | 0
}

/** How often each hash was added; open addressing, at most half full. */
class CountTable {
  readonly #a: Int32Array
  readonly #b: Int32Array
  readonly #counts: Uint32Array

  constructor(size: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * size)))
    this.#a = new Int32Array(capacity)
    this.#b = new Int32Array(capacity)
    this.#counts = new Uint32Array(capacity)
  }

  clear(): void {
    this.#counts.fill(0)
  }

  /** Adds one, and returns the count. */
  add(hash: RangeHash, from: number, to: number): number {
    const a = hash.a(from, to)
    const b = hash.b(from, to)
    const slot = this.#slot(a, b)
    this.#a[slot] = a
    this.#b[slot] = b
    const count = this.#counts[slot]! + 1
    this.#counts[slot] = count
    return count
  }

  count(hash: RangeHash, from: number, to: number): number {
    return this.#counts[this.#slot(hash.a(from, to), hash.b(from, to))]!
  }

  #slot(a: number, b: number): number {
    const mask = this.#counts.length - 1
    // The low bits of the polynomials depend on the last characters only: mix before use.
    const mixed = Math.imul(a ^ (a >>> 15) ^ b, 0x85ebca6b)
    for (let slot = (mixed ^ (mixed >>> 13)) & mask; ; slot = (slot + 1) & mask) {
      if (this.#counts[slot] === 0 || (this.#a[slot] === a && this.#b[slot] === b)) return slot
    }
  }
}
