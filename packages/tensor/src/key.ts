import { threefry2x32 } from '@llm/data/random'
import { forbid } from './capture/record.js'

/**
 * A random key: two 32-bit words. A key stands for its numbers: the same key always gives the same ones, on every
 * backend. Never use one key for two things; {@link fold} makes new keys from it.
 */
export interface Key {
  readonly high: number
  readonly low: number
}

/**
 * The key of a seed.
 *
 * @param seed any safe integer
 * @throws RangeError if the seed is not a safe integer
 * @example
 * ```ts @import.meta.vitest
 * const { fold, key } = await import('./key.js')
 * const root = key(1)
 * expect(fold(root, 'dropout')).toEqual(fold(key(1), 'dropout'))
 * expect(fold(root, 'dropout')).not.toEqual(fold(root, 'weights'))
 * ```
 */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`key: expected a safe integer as seed, got ${seed}`)
  }
  return { high: Math.floor(seed / 2 ** 32) >>> 0, low: seed >>> 0 }
}

/**
 * A new key from a key and a number (a step, a layer) or a name. Folding different data gives unrelated keys.
 * Threefry-2x32: a number is one block, a string one block per UTF-16 unit and one for its length.
 *
 * @throws RangeError if `data` is a number but not a safe integer >= 0
 */
export function fold(parent: Key, data: number | string): Key {
  if (typeof data === 'string') return foldText(parent, data)
  if (!Number.isSafeInteger(data) || data < 0) {
    throw new RangeError(`fold: expected a safe integer >= 0 or a string, got ${data}`)
  }
  return block(parent, data >>> 0, Math.floor(data / 2 ** 32) + NUMBERS)
}

/**
 * Writes the random 32-bit words of a key into `out`: word i is word i mod 2 of block floor(i / 2).
 * The counters differ from those of {@link fold}, so that a key's numbers and its children are unrelated.
 */
export function fillBits(source: Key, out: Uint32Array): Uint32Array {
  forbid('it uses a key')
  const { high, low } = source
  const even = out.length - (out.length % 2)
  for (let i = 0; i < even; i += 2) threefry2x32(high, low, i / 2, BITS, out, i)
  if (even < out.length) {
    threefry2x32(high, low, even / 2, BITS, words)
    out[even] = words[0] ?? 0
  }
  return out
}

// The top bits of the second counter word keep the uses of one key apart.
const NUMBERS = 0
const TEXT = 0x40000000
const LENGTH = 0x60000000
const BITS = 0x80000000
const words = new Uint32Array(2)

function foldText(parent: Key, text: string): Key {
  let result = parent
  for (let i = 0; i < text.length; i++) result = block(result, text.charCodeAt(i), TEXT)
  return block(result, text.length, LENGTH)
}

function block(parent: Key, counter0: number, counter1: number): Key {
  forbid('it uses a key')
  threefry2x32(parent.high, parent.low, counter0, counter1, words)
  return { high: words[0] ?? 0, low: words[1] ?? 0 }
}
