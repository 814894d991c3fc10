/** A stream of random numbers made by {@link random}. Each call takes the next numbers of the stream. */
export interface Random {
  /** The next integer in [0, 2^32). */
  uint32(): number
  /** A number in [0, 1) with 53 random bits: a multiple of 2^-53. Takes two words of the stream. */
  float(): number
  /**
   * An integer in [0, n), every value equally likely (by rejection, so it may take more than one word).
   * @throws RangeError unless `n` is an integer from 1 to 2^53
   */
  integer(n: number): number
  /** A number from the normal distribution with mean 0 and standard deviation 1 (Box-Muller, two at a time). */
  normal(): number
  /** Puts the array's elements in random order, in place (Fisher-Yates), and returns it. */
  shuffle<A extends MutableList>(array: A): A
}

/** An array or a typed array. */
export interface MutableList {
  readonly length: number
  [index: number]: unknown
}

/**
 * Random numbers that are a function of (seed, purpose, index) alone, never of call order elsewhere.
 *
 * Use one `purpose` per use ('batches', 'dropout') and one `index` per item (step, document): every
 * triple has its own stream. The numbers are the blocks of {@link threefry2x32} with a key folded from the
 * seed, the UTF-16 units of the purpose and the high word of the index, and the counter
 * (low word of the index, number of the block). A stream holds 2^33 words. Not for cryptography.
 *
 * @param seed any safe integer
 * @param purpose any string
 * @param index a safe integer, at least 0
 * @throws RangeError if the seed or the index is not such an integer
 * @example
 * ```ts @import.meta.vitest
 * const { random } = await import('./random.js')
 * expect(random(1, 'batches', 0).integer(1000)).toBe(random(1, 'batches', 0).integer(1000))
 * expect(random(1, 'shards', 0).shuffle([1, 2, 3, 4, 5])).toEqual([1, 4, 2, 3, 5])
 * ```
 */
export function random(seed: number, purpose: string, index: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`random: expected a safe integer as seed, got ${seed}`)
  }
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new RangeError(`random: expected a safe integer >= 0 as index, got ${index}`)
  }
  return new Stream(seed, purpose, index)
}

/**
 * Threefry-2x32 with 20 rounds: mixes a counter of two 32-bit words under a key of two words into
 * `out[offset]` and `out[offset + 1]`. It allocates nothing. The same numbers as Random123 and JAX.
 *
 * Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3, https://doi.org/10.1145/2063384.2063405
 *
 * @example
 * ```ts @import.meta.vitest
 * const { threefry2x32 } = await import('./random.js')
 * const out = new Uint32Array(2)
 * threefry2x32(0, 0, 0, 0, out)
 * expect(Array.from(out, (word) => word.toString(16))).toEqual(['6b200159', '99ba4efe'])
 * ```
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
  offset = 0,
): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1
  let a = (counter0 + key0) | 0
  let b = (counter1 + key1) | 0

  a = (a + b) | 0
  b = ((b << 13) | (b >>> 19)) ^ a
  a = (a + b) | 0
  b = ((b << 15) | (b >>> 17)) ^ a
  a = (a + b) | 0
  b = ((b << 26) | (b >>> 6)) ^ a
  a = (a + b) | 0
  b = ((b << 6) | (b >>> 26)) ^ a
  a = (a + key1) | 0
  b = (b + key2 + 1) | 0

  a = (a + b) | 0
  b = ((b << 17) | (b >>> 15)) ^ a
  a = (a + b) | 0
  b = ((b << 29) | (b >>> 3)) ^ a
  a = (a + b) | 0
  b = ((b << 16) | (b >>> 16)) ^ a
  a = (a + b) | 0
  b = ((b << 24) | (b >>> 8)) ^ a
  a = (a + key2) | 0
  b = (b + key0 + 2) | 0

  a = (a + b) | 0
  b = ((b << 13) | (b >>> 19)) ^ a
  a = (a + b) | 0
  b = ((b << 15) | (b >>> 17)) ^ a
  a = (a + b) | 0
  b = ((b << 26) | (b >>> 6)) ^ a
  a = (a + b) | 0
  b = ((b << 6) | (b >>> 26)) ^ a
  a = (a + key0) | 0
  b = (b + key1 + 3) | 0

  a = (a + b) | 0
  b = ((b << 17) | (b >>> 15)) ^ a
  a = (a + b) | 0
  b = ((b << 29) | (b >>> 3)) ^ a
  a = (a + b) | 0
  b = ((b << 16) | (b >>> 16)) ^ a
  a = (a + b) | 0
  b = ((b << 24) | (b >>> 8)) ^ a
  a = (a + key1) | 0
  b = (b + key2 + 4) | 0

  a = (a + b) | 0
  b = ((b << 13) | (b >>> 19)) ^ a
  a = (a + b) | 0
  b = ((b << 15) | (b >>> 17)) ^ a
  a = (a + b) | 0
  b = ((b << 26) | (b >>> 6)) ^ a
  a = (a + b) | 0
  b = ((b << 6) | (b >>> 26)) ^ a
  out[offset] = a + key2
  out[offset + 1] = b + key0 + 5
}

class Stream implements Random {
  readonly #key: Uint32Array
  readonly #index: number
  readonly #words = new Uint32Array(2)
  #block = 0
  #left = 0
  #spareNormal: number | undefined

  constructor(seed: number, purpose: string, index: number) {
    this.#key = foldKey(seed, purpose, highWord(index))
    this.#index = index >>> 0
  }

  uint32(): number {
    if (this.#left === 0) {
      if (this.#block === 2 ** 32) {
        throw new RangeError(
          'random: expected at most 2^33 words from one stream; use another index',
        )
      }
      threefry2x32(this.#key[0]!, this.#key[1]!, this.#index, this.#block++, this.#words)
      this.#left = 2
    }
    return this.#words[2 - this.#left--]!
  }

  float(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53
  }

  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 53) {
      throw new RangeError(`integer: expected an integer from 1 to 2^53, got ${n}`)
    }
    // The values from the largest multiple of n on are drawn again: with them the low remainders would come more often.
    const wide = n > 2 ** 32
    const range = wide ? 2 ** 53 : 2 ** 32
    const limit = range - (range % n)
    for (;;) {
      const value = wide ? (this.uint32() >>> 11) * 2 ** 32 + this.uint32() : this.uint32()
      if (value < limit) return value % n
    }
  }

  normal(): number {
    const spare = this.#spareNormal
    if (spare !== undefined) {
      this.#spareNormal = undefined
      return spare
    }
    // 1 - float() lies in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()))
    const angle = 2 * Math.PI * this.float()
    this.#spareNormal = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  shuffle<A extends MutableList>(array: A): A {
    const list: MutableList = array
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const kept = list[i]
      list[i] = list[j]
      list[j] = kept
    }
    return array
  }
}

/** Chains blocks of four UTF-16 units through the cipher; the last block holds the length, so no text is another's prefix. */
function foldKey(seed: number, purpose: string, last: number): Uint32Array {
  const key = Uint32Array.of(seed, highWord(seed))
  for (let at = 0; at < purpose.length; at += 4) {
    const first = purpose.charCodeAt(at) | (purpose.charCodeAt(at + 1) << 16)
    const second = purpose.charCodeAt(at + 2) | (purpose.charCodeAt(at + 3) << 16)
    threefry2x32(key[0]!, key[1]!, first, second, key)
  }
  threefry2x32(key[0]!, key[1]!, purpose.length, last, key)
  return key
}

function highWord(integer: number): number {
  return Math.floor(integer / 2 ** 32)
}
