import { bytesOf, type TokenTable } from '../token-table.js'
import { mergePiece } from './merge-piece.js'
import { MergeTable } from './merge-table.js'
import { type BpeVocabulary, byteIds } from './vocabulary.js'

/** Merges in the order of their products' ids. */
type Merges = Pick<BpeVocabulary, 'left' | 'right' | 'product'> & {
  /** Tokens that no merge makes: text gives them only where they are a piece as a whole. */
  readonly unmerged: readonly number[]
}

/**
 * The merges of a vocabulary that lists only its tokens, the earlier the sooner merged, as tiktoken's files do.
 *
 * tiktoken merges any two neighbours whose bytes together are a token. Here a token has one merge, of the two parts
 * that the tokens before it make of its bytes. That comes to the same: what happens to the bytes of a token before it is made
 * depends on nothing around them, so these two are the only neighbours that it is ever made of. A token of which more than
 * two parts are left is never made, unless from later tokens: such a file is refused.
 *
 * @throws RangeError when a token could be made of later ones
 */
export function mergesFromRanks(
  tokens: TokenTable,
  specialTokens: ReadonlyMap<string, number>,
): Merges {
  const bytesToIds = byteIds({ tokens, specialTokens })
  const special = new Set(specialTokens.values())
  const table = new MergeTable([], [], [], tokens.size)
  const left: number[] = []
  const right: number[] = []
  const product: number[] = []
  const unmerged: number[] = []
  let row = new Uint32Array(256)

  function merge(id: number): number {
    const token = bytesOf(tokens, id)
    if (token.length > row.length) row = new Uint32Array(token.length)
    for (let i = 0; i < token.length; i++) row[i] = bytesToIds[token[i] as number] as number
    return mergePiece(table, row, 0, token.length)
  }

  for (let id = 0; id < tokens.size; id++) {
    const length = (tokens.offsets[id + 1] as number) - (tokens.offsets[id] as number)
    if (length < 2 || special.has(id)) continue
    if (merge(id) !== 2) unmerged.push(id)
    else {
      const [a, b] = [row[0] as number, row[1] as number]
      left.push(a)
      right.push(b)
      product.push(id)
      table.add(a, b, id)
    }
  }
  for (const id of unmerged) {
    if (merge(id) === 2) {
      throw new RangeError(
        `loadTokenizer: expected tokens that are made of earlier ones, got id ${id}, which is made of ${row[0]} and ${row[1]}`,
      )
    }
  }
  return {
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    product: Int32Array.from(product),
    unmerged,
  }
}
