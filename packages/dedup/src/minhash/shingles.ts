import { hashRange, mix } from '../hash.js'
import { visitWords } from '../words.js'

export interface ShingleOptions {
  /** Words per shingle. Default 5. */
  readonly shingle?: number
}

/**
 * The set of a text's word n-grams, each as a 32-bit hash: ascending, without repeats.
 *
 * Words are runs of Unicode letters and digits, lower-cased; white space and punctuation do not count. A text of fewer
 * words than `shingle` gives one shingle of all its words; a text without words gives none. Two different shingles
 * share a hash with probability 2^-32.
 *
 * @throws {RangeError} when `shingle` is not a positive integer.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { shingles } = await import('./shingles.js')
 * expect(shingles('one two three, one two THREE', { shingle: 3 }).length).toBe(3)
 * expect(shingles('One two - three', { shingle: 3 })).toEqual(shingles('one, two, three!', { shingle: 3 }))
 * ```
 */
export function shingles(text: string, options: ShingleOptions = {}): Uint32Array {
  const { shingle = 5 } = options
  if (!Number.isInteger(shingle) || shingle < 1) {
    throw new RangeError(`shingles: expected shingle to be a positive integer, got ${shingle}`)
  }
  const hashes = shingleHashes(text.toLowerCase(), shingle).sort()
  let count = 0
  for (let i = 0; i < hashes.length; i++) {
    if (i === 0 || hashes[i] !== hashes[i - 1]) hashes[count++] = hashes[i]!
  }
  return hashes.slice(0, count)
}

/** Hashes of all shingles in order of appearance, repeats included. */
function shingleHashes(lower: string, size: number): Uint32Array {
  const words: number[] = []
  visitWords(lower, (start, end) => words.push(hashRange(lower, start, end, wordSeed)))
  if (words.length === 0) return new Uint32Array(0)
  // A polynomial in the word hashes, rolled from one shingle to the next: h = w0 * m^(n-1) + ... + w(n-1).
  const n = Math.min(size, words.length)
  const hashes = new Uint32Array(words.length - n + 1)
  let power = 1
  for (let k = 1; k < n; k++) power = Math.imul(power, multiplier)
  let h = 0
  for (let i = 0; i < words.length; i++) {
    if (i >= n) h -= Math.imul(words[i - n]!, power)
    h = (Math.imul(h, multiplier) + words[i]!) | 0
    if (i >= n - 1) hashes[i - n + 1] = mix(h)
  }
  return hashes
}

const wordSeed = 0x811c9dc5
const multiplier = 0x9e3779b1
