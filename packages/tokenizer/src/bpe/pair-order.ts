import type { PairIndex } from './pair-index.js'

/**
 * Which of two equally frequent pairs is merged first.
 *
 * - `'ids'`: the smaller left id, then the smaller right id, as in Hugging Face's trainers.
 * - `'bytes'`: the left token whose bytes come first, then the right one: so ids do not matter.
 * - `'products'`: what merges into fewer characters, then what comes first by bytes, as in SentencePiece.
 */
export type PairOrder = 'ids' | 'bytes' | 'products'

/** What is known of each symbol by id. `spellings` have a character per byte, so they compare as bytes do. */
export interface Symbols {
  readonly spellings: readonly string[]
  /** In characters, or in bytes where symbols are made of bytes. */
  readonly lengths: ArrayLike<number>
  /** How the product of two is spelled. */
  readonly join: (left: string, right: string) => string
}

/** Whether the first of two pairs goes before the second where both occur equally often. */
export type GoesBefore = (pair: number, other: number) => boolean

export function pairOrder(order: PairOrder, pairs: PairIndex, symbols: Symbols): GoesBefore {
  const { spellings, lengths, join } = symbols

  function byIds(pair: number, other: number): boolean {
    const { left, right } = pairs
    const a = left[pair] as number
    const b = left[other] as number
    return a !== b ? a < b : (right[pair] as number) < (right[other] as number)
  }

  function byBytes(pair: number, other: number): boolean {
    const { left, right } = pairs
    const a = spellings[left[pair] as number] as string
    const b = spellings[left[other] as number] as string
    if (a !== b) return a < b
    const c = spellings[right[pair] as number] as string
    const d = spellings[right[other] as number] as string
    return c !== d ? c < d : byIds(pair, other)
  }

  function byProducts(pair: number, other: number): boolean {
    const length = productLength(pair)
    const otherLength = productLength(other)
    if (length !== otherLength) return length < otherLength
    const product = productOf(pair)
    const otherProduct = productOf(other)
    return product !== otherProduct ? product < otherProduct : byIds(pair, other)
  }

  function productLength(pair: number): number {
    const { left, right } = pairs
    return (lengths[left[pair] as number] as number) + (lengths[right[pair] as number] as number)
  }

  function productOf(pair: number): string {
    const { left, right } = pairs
    return join(
      spellings[left[pair] as number] as string,
      spellings[right[pair] as number] as string,
    )
  }

  return { ids: byIds, bytes: byBytes, products: byProducts }[order]
}
