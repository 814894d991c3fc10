import { PairIndex } from './pair-index.js'
import { PairQueue } from './pair-queue.js'
import type { PieceCounts } from './piece-counter.js'

export interface LearnOptions {
  /** Id of each of the 256 bytes. */
  readonly byteIds: ArrayLike<number>
  /** Id of the first merge's product; the next ones count up. */
  readonly firstId: number
  /** Stop when there would be this many ids. */
  readonly vocabularySize: number
  /** Stop when the best pair occurs less often. */
  readonly minFrequency: number
  /** No token longer than this many bytes. */
  readonly maxTokenLength: number
  /** Spellings (latin1, a character per byte) that no merge may produce. */
  readonly reserved: ReadonlySet<string>
  readonly onMerge?: (merges: number) => void
}

/** Merge `r` turns `left[r]`, `right[r]` into id `firstId + r`. */
export interface Merges {
  readonly left: Int32Array
  readonly right: Int32Array
}

/**
 * Byte-pair encoding: merge the most frequent pair of neighbours everywhere, until there are enough ids.
 *
 * Every occurrence of a pair is in a list, so a merge touches only its own occurrences: O(n) to set up, then
 * O(occurrences merged * log(pairs)). Two merges never have the same product, as two occurrences of a string that
 * end up as one token went through the same merges on the way. Its slow twin is `learnMergesReference`.
 *
 * From "Neural Machine Translation of Rare Words with Subword Units" (Sennrich et al., 2016), algorithm 1; the
 * choice among equally frequent pairs is that of Hugging Face's `BpeTrainer`.
 */
export function learnMerges(pieces: PieceCounts, options: LearnOptions): Merges {
  const { firstId, vocabularySize, minFrequency, maxTokenLength, reserved } = options
  const { symbols, next, previous, weightOf } = lay(pieces, options.byteIds)
  const { counts: weights } = pieces
  const pairs = new PairIndex(symbols.length)
  for (let i = 0; i < symbols.length; i++) {
    const j = next[i] as number
    if (j >= 0) pairs.add(i, symbols[i] as number, symbols[j] as number, weight(i))
  }
  const queue = new PairQueue(pairs)
  for (let pair = 0; pair < pairs.size; pair++) queue.push(pair)

  const left: number[] = []
  const right: number[] = []
  const spellings = initialSpellings(options.byteIds)
  while (firstId + left.length < vocabularySize) {
    const pair = queue.pop()
    if (pair < 0 || (pairs.counts[pair] as number) < minFrequency) break
    const a = pairs.left[pair] as number
    const b = pairs.right[pair] as number
    const spelling = (spellings.get(a) as string) + (spellings.get(b) as string)
    if (spelling.length > maxTokenLength || reserved.has(spelling)) continue
    const id = firstId + left.length
    spellings.set(id, spelling)
    left.push(a)
    right.push(b)
    const known = pairs.size
    mergeAll(pair, id)
    for (let fresh = known; fresh < pairs.size; fresh++) {
      if ((pairs.counts[fresh] as number) > 0) queue.push(fresh)
    }
    options.onMerge?.(left.length)
  }
  return { left: Int32Array.from(left), right: Int32Array.from(right) }

  /** Merges a pair wherever it stands. Its list is in text order, so of "aaa" the first two are taken. */
  function mergeAll(pair: number, id: number): void {
    for (let i = pairs.first[pair] as number; i >= 0; ) {
      const j = next[i] as number
      const before = previous[i] as number
      const after = next[j] as number
      let following = pairs.following[i] as number
      if (following === j) following = pairs.following[j] as number
      const times = weight(i)
      pairs.remove(i, times)
      if (before >= 0) pairs.remove(before, times)
      if (after >= 0) pairs.remove(j, times)
      symbols[i] = id
      next[i] = after
      if (after >= 0) previous[after] = i
      if (before >= 0) pairs.add(before, symbols[before] as number, id, times)
      if (after >= 0) pairs.add(i, id, symbols[after] as number, times)
      i = following
    }
  }

  function weight(position: number): number {
    return weights[weightOf[position] as number] as number
  }
}

/** The pieces of two bytes and more as one row of symbols, each linked to its neighbours in the same piece. */
function lay(
  pieces: PieceCounts,
  byteIds: ArrayLike<number>,
): { symbols: Int32Array; next: Int32Array; previous: Int32Array; weightOf: Int32Array } {
  const { bytes, offsets, size } = pieces
  let positions = 0
  for (let piece = 0; piece < size; piece++) {
    const length = (offsets[piece + 1] as number) - (offsets[piece] as number)
    if (length > 1) positions += length
  }
  const symbols = new Int32Array(positions)
  const next = new Int32Array(positions)
  const previous = new Int32Array(positions)
  const weightOf = new Int32Array(positions)
  let at = 0
  for (let piece = 0; piece < size; piece++) {
    const start = offsets[piece] as number
    const length = (offsets[piece + 1] as number) - start
    if (length < 2) continue
    for (let i = 0; i < length; i++, at++) {
      symbols[at] = byteIds[bytes[start + i] as number] as number
      next[at] = i + 1 < length ? at + 1 : -1
      previous[at] = i > 0 ? at - 1 : -1
      weightOf[at] = piece
    }
  }
  return { symbols, next, previous, weightOf }
}

function initialSpellings(byteIds: ArrayLike<number>): Map<number, string> {
  const spellings = new Map<number, string>()
  for (let byte = 0; byte < 256; byte++) {
    spellings.set(byteIds[byte] as number, String.fromCharCode(byte))
  }
  return spellings
}
