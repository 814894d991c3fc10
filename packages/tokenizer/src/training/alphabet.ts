import { codePoint, width } from '../patterns/utf8.js'
import { singlePoint } from './covering-characters.js'
import type { PieceCounts } from './piece-counts.js'

/** How often each code point occurs in pieces that are UTF-8. */
export function countCharacters({
  bytes,
  offsets,
  counts,
  size,
}: PieceCounts): Map<number, number> {
  const found = new Map<number, number>()
  for (let piece = 0; piece < size; piece++) {
    const end = offsets[piece + 1] as number
    const times = counts[piece] as number
    for (let p = offsets[piece] as number; p < end; p += width(bytes[p] as number)) {
      const lead = bytes[p] as number
      const point = lead < 0x80 ? lead : codePoint(bytes, p)
      found.set(point, (found.get(point) ?? 0) + times)
    }
  }
  return found
}

/** Which characters get tokens. */
export interface AlphabetOptions {
  /** Most characters that get a token: the most frequent ones. Default: all. */
  readonly alphabetLimit?: number
  /** Characters that get a token whether they occur or not, before all others. Default: none. */
  readonly initialAlphabet?: Iterable<string>
}

/** The code points to keep, in their order; among equally frequent ones the smaller stays. */
export function chooseAlphabet(
  name: string,
  found: ReadonlyMap<number, number>,
  { alphabetLimit = Number.POSITIVE_INFINITY, initialAlphabet = [] }: AlphabetOptions,
): number[] {
  if (!(alphabetLimit >= 1)) {
    throw new RangeError(`${name}: expected alphabetLimit of 1 or more, got ${alphabetLimit}`)
  }
  const counts = new Map(found)
  for (const character of initialAlphabet) {
    counts.set(singlePoint(name, character), Number.POSITIVE_INFINITY)
  }
  return [...counts]
    .sort(([a, x], [b, y]) => (x === y ? a - b : y - x))
    .slice(0, Math.min(alphabetLimit, counts.size))
    .map(([point]) => point)
    .sort((a, b) => a - b)
}
