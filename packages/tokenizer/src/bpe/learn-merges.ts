import { PairIndex } from './pair-index.js'
import { type PairOrder, pairOrder } from './pair-order.js'
import { PairQueue } from './pair-queue.js'
import { linkRows, type SymbolRows } from './symbol-rows.js'

export interface LearnOptions {
  /**
   * How each symbol that the rows hold is spelled, by id: a character per byte, so that spellings compare as bytes do.
   * Other ids may be missing.
   */
  readonly spellings: readonly (string | undefined)[]
  /** Id of the first merge's product; the next ones count up. */
  readonly firstId: number
  /** Stop when there would be this many ids. */
  readonly vocabularySize: number
  /** Stop when the best pair occurs less often. */
  readonly minFrequency: number
  /** No token is made of more symbols than this. */
  readonly maxTokenLength: number
  /** Spellings that no merge may produce. No two tokens are ever spelled the same. */
  readonly reserved: ReadonlySet<string>
  /** Which of two equally frequent pairs goes first. */
  readonly order: PairOrder
  /** How the product of two tokens is spelled. Default: one after the other. */
  readonly join?: (left: string, right: string) => string
  /** Whether a token may be spelled so. Default: always. */
  readonly allows?: (spelling: string) => boolean
  readonly onMerge?: (merges: number) => void
}

/** Merge `r` turns `left[r]`, `right[r]` into id `firstId + r`. */
export interface Merges {
  readonly left: Int32Array
  readonly right: Int32Array
  /** How each id is spelled, symbols and products. */
  readonly spellings: readonly string[]
}

/**
 * Byte-pair encoding: merge the most frequent pair of neighbours everywhere, until there are enough ids.
 *
 * Every occurrence of a pair is in a list, so a merge touches only its own occurrences: O(n) to set up, then
 * O(occurrences merged * log(pairs)). Its slow twin is `learnMergesReference`.
 *
 * From "Neural Machine Translation of Rare Words with Subword Units" (Sennrich et al., 2016), algorithm 1.
 */
export function learnMerges(rows: SymbolRows, options: LearnOptions): Merges {
  const { firstId, vocabularySize, minFrequency, maxTokenLength, allows } = options
  const join = options.join ?? ((a: string, b: string) => a + b)
  const { symbols, next, previous, rowOf } = linkRows(rows)
  const { counts } = rows
  const spellings = Array.from({ length: firstId }, (_, id) => options.spellings[id] ?? '')
  const lengths = new Array<number>(firstId).fill(1)
  const taken = new Set([...options.reserved, ...spellings])

  const pairs = new PairIndex(symbols.length)
  for (let i = 0; i < symbols.length; i++) {
    const j = next[i] as number
    if (j >= 0) pairs.add(i, symbols[i] as number, symbols[j] as number, weight(i))
  }
  const queue = new PairQueue(pairs, pairOrder(options.order, pairs, { spellings, lengths, join }))
  for (let pair = 0; pair < pairs.size; pair++) queue.push(pair)

  const left: number[] = []
  const right: number[] = []
  while (firstId + left.length < vocabularySize) {
    const pair = queue.pop()
    if (pair < 0 || (pairs.counts[pair] as number) < minFrequency) break
    const a = pairs.left[pair] as number
    const b = pairs.right[pair] as number
    const length = (lengths[a] as number) + (lengths[b] as number)
    if (length > maxTokenLength) continue
    const spelling = join(spellings[a] as string, spellings[b] as string)
    if (taken.has(spelling) || allows?.(spelling) === false) continue
    taken.add(spelling)
    spellings.push(spelling)
    lengths.push(length)
    left.push(a)
    right.push(b)
    const known = pairs.size
    mergeAll(pair, firstId + left.length - 1)
    for (let fresh = known; fresh < pairs.size; fresh++) {
      if ((pairs.counts[fresh] as number) > 0) queue.push(fresh)
    }
    options.onMerge?.(left.length)
  }
  return { left: Int32Array.from(left), right: Int32Array.from(right), spellings }

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
    return counts[rowOf[position] as number] as number
  }
}
