import type { TokenizerJson } from './hugging-face/format.js'
import type { IdBuffer } from './id-buffer.js'
import type { TokenTable } from './token-table.js'
import type { TokenizerKind } from './types.js'

/**
 * What a kind of tokenizer has to supply; `createTokenizer` adds what all kinds share: special tokens, decoding,
 * batches, counting, the hash. A further kind implements this and nothing else.
 */
export interface TokenModel {
  readonly kind: TokenizerKind
  /** The bytes of every id, special tokens included (by their names). */
  readonly tokens: TokenTable
  /** Ids of the special tokens by name. */
  readonly specialTokens: ReadonlyMap<string, number>
  /** Appends the ids of a text in which nothing is special. */
  encode(text: string, out: IdBuffer): void
  /** Everything besides tokens and special tokens that decides the ids, as plain JSON: it goes into the hash. */
  rules(): unknown
  toJSON(): TokenizerJson
}
