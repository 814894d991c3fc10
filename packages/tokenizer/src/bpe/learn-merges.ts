import { PairIndex } from './pair-index.js'
import { type PairOrder, pairOrder } from './pair-order.js'
import { PairQueue } from './pair-queue.js'
import type { SymbolRows } from './symbol-rows.js'

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
 * Every occurrence of a pair is noted, so a merge touches only its own occurrences: O(n) to set up, then
 * O(occurrences merged * log(pairs)). Its slow twin is `learnMergesReference`.
 *
 * From "Neural Machine Translation of Rare Words with Subword Units" (Sennrich et al., 2016), algorithm 1.
 */
export function learnMerges(rows: SymbolRows, options: LearnOptions): Merges {
  const { firstId, vocabularySize, minFrequency, maxTokenLength, allows } = options
  const join = options.join ?? ((a: string, b: string) => a + b)
  const spellings = Array.from({ length: firstId }, (_, id) => options.spellings[id] ?? '')
  const taken = new Set([...options.reserved, ...spellings])

  const pairs = new PairIndex(rows, Math.max(firstId, vocabularySize))
  const { lengths } = pairs
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
    left.push(a)
    right.push(b)
    const known = pairs.size
    pairs.merge(pair, firstId + left.length - 1)
    for (let fresh = known; fresh < pairs.size; fresh++) {
      if ((pairs.counts[fresh] as number) > 0) queue.push(fresh)
    }
    options.onMerge?.(left.length)
  }
  return { left: Int32Array.from(left), right: Int32Array.from(right), spellings }
}
