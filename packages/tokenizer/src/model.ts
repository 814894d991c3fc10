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
  /** How decoding differs from putting the bytes of `tokens` in a row. Default: not at all. */
  readonly decoding?: Decoding
  /** Appends the ids of a text in which nothing is special. */
  encode(text: string, out: IdBuffer, options?: SectionOptions): void
  /**
   * The same, and to `spans` the start and end of each id's text, in UTF-16 units of `text`. Absent where the bytes of
   * the ids in a row are the text, as spans follow from that.
   */
  encodeSpans?(text: string, out: IdBuffer, spans: IdBuffer, options?: SectionOptions): void
  /** Everything besides tokens and special tokens that decides the ids, as plain JSON: it goes into the hash. */
  rules(): unknown
  toJSON(): TokenizerJson
}

/** What a model may have to know about the text it is given. */
export interface SectionOptions {
  /** Whether the whole text starts here: false after a special token. Default: true. */
  readonly first?: boolean
  readonly dropout?: Dropout
}

/** BPE dropout: each merge is left out with probability `rate`, in [0, 1]; `random()` gives numbers in [0, 1). */
export interface Dropout {
  readonly rate: number
  readonly random: () => number
}

/** What decoding does besides putting bytes in a row. */
export interface Decoding {
  /** Bytes of an id that comes first; `tokens` holds those of an id elsewhere. */
  readonly first?: TokenTable
  /** One space at the very end is left out: it is the end-of-word mark of the last word. */
  readonly dropLastSpace?: boolean
}
