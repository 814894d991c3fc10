import { trainBpe } from '../bpe/train-bpe.js'
import type { Tokenizer } from '../types.js'
import { counter, type TokenizerFigures, tally, textSize } from './figures.js'

export interface TradeOffOptions {
  /** Trains a tokenizer on the texts. Default: `trainBpe(texts, { vocabularySize })`. */
  readonly train?: (texts: Iterable<string>, vocabularySize: number) => Promise<Tokenizer>
  /** Texts to measure on. Default: those trained on, which flatters large vocabularies. */
  readonly heldOut?: Iterable<string>
  /** Width of the model, to count the parameters of its embedding. Default: 0, not counted. */
  readonly width?: number
}

/** One size of vocabulary and what it buys. */
export interface TradeOffPoint extends TokenizerFigures {
  /** Of the tokenizer that came out: less than asked for where the texts have no more to give. */
  readonly vocabularySize: number
  /** `vocabularySize * width`: what the tokens saved cost. */
  readonly embeddingParameters: number
}

/**
 * Bigger vocabulary or fewer tokens: trains a tokenizer for each size and counts. `tradeOffPlot` draws the result.
 *
 * @param texts iterated once for each size, so an array or an object that can be iterated again.
 * @throws RangeError when there is no size, or `train` finds one out of range.
 * @example
 * ```ts @import.meta.vitest
 * const { vocabularyTradeOff } = await import('./vocabulary-trade-off.js')
 * const points = await vocabularyTradeOff(['low lower lowest low'], [257, 260], { width: 8 })
 * expect(points.map(({ tokens }) => tokens)).toEqual([20, 9])
 * expect(points[1]!.embeddingParameters).toBe(2080)
 * ```
 */
export async function vocabularyTradeOff(
  texts: Iterable<string>,
  vocabularySizes: readonly number[],
  options: TradeOffOptions = {},
): Promise<TradeOffPoint[]> {
  const { train = bpe, heldOut = texts, width = 0 } = options
  if (vocabularySizes.length === 0) {
    throw new RangeError('vocabularyTradeOff: expected at least one vocabulary size, got none')
  }
  const points: TradeOffPoint[] = []
  for (const size of vocabularySizes) {
    const tokenizer = await train(texts, size)
    const count = counter(tokenizer)
    const all = tally()
    for (const text of heldOut) all.add(textSize(text), ...count(text))
    const { vocabularySize } = tokenizer
    points.push({ vocabularySize, embeddingParameters: vocabularySize * width, ...all.figures() })
  }
  return points
}

function bpe(texts: Iterable<string>, vocabularySize: number): Promise<Tokenizer> {
  return trainBpe(texts, { vocabularySize })
}
