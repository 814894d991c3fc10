import type { TokenizerJson } from './hugging-face/format.js'
import type { IdBuffer } from './id-buffer.js'
import type { TokenTable } from './token-table.js'
import type { TokenizerKind } from './types.js'

/**
 * What a kind of tokenizer has to supply; `createTokenizer` adds what all kinds share: special tokens, decoding,
 * batches, counting, offsets, the hash. A further kind implements this and nothing else.
 */
export interface TokenModel {
  readonly kind: TokenizerKind
  /** The bytes of every id, special tokens included (by their names). */
  readonly tokens: TokenTable
  /** Ids of the special tokens by name. */
  readonly specialTokens: ReadonlyMap<string, number>
  /**
   * Tokens that are found in a text before the model sees it. Special ones, which must be all of `specialTokens`, only where
   * the options allow it, others always. Default: the special tokens, exactly as they are spelled.
   */
  readonly addedTokens?: readonly AddedToken[]
  /** Ids below the size that stand for nothing, so that decoding one is an error. Default: none. */
  readonly unusedIds?: ReadonlySet<number>
  /** Ids that `addSpecialTokens` puts around a text. */
  readonly template?: Template
  /** The normalizer that `encode` applies: added tokens that are `normalized` are looked for behind it. */
  readonly normalizer?: TextNormalizer
  /** How decoding differs from putting the bytes of `tokens` in a row. Default: not at all. */
  readonly decoding?: Decoding
  /** Whether `encode` honours `dropout`. Default: false. */
  readonly hasDropout?: boolean
  /** Appends the ids of a text in which nothing is special. */
  encode(text: string, out: IdBuffer, options?: SectionOptions): void
  /**
   * The same, and to `spans` the start and end of each id's text, in UTF-16 units of `text`. Absent where the bytes of
   * the ids in a row are the text, as spans follow from that.
   */
  encodeSpans?(text: string, out: IdBuffer, spans: IdBuffer, options?: SectionOptions): void
  /**
   * Appends the ids of bytes that are not UTF-8, so that the bytes of the ids in a row are the same bytes. Absent where
   * that cannot be: what is not UTF-8 then becomes U+FFFD.
   */
  encodeBytes?(bytes: Uint8Array, out: IdBuffer, options?: SectionOptions): void
  /**
   * The id of a token by its name in the vocabulary, where names say more than `tokens`: "##ing" or "\u2581the".
   * Absent where a token's name is its bytes.
   */
  idOf?(name: string): number | undefined
  /** Everything besides tokens and special tokens that decides the ids, as plain JSON: it goes into the hash. */
  rules(): unknown
  toJSON(): TokenizerJson
}

/** What a model may have to know about the text it is given. */
export interface SectionOptions {
  /** Whether the whole text starts here: false after a special token. Default: true. */
  readonly first?: boolean
  /** The text has been through the normalizer. Default: false. */
  readonly normalized?: boolean
  /** Once `out` holds more ids than this, the rest is not wanted: a model with work left may stop. Default: never. */
  readonly limit?: number
  readonly dropout?: Dropout
}

/** BPE dropout: each merge is left out with probability `rate`, in [0, 1]; `random()` gives numbers in [0, 1). */
export interface Dropout {
  readonly rate: number
  readonly random: () => number
}

/** A token that is found in the text before the model sees it, with the settings of tokenizer.json. */
export interface AddedToken {
  readonly content: string
  readonly id: number
  readonly special: boolean
  /** Takes the white space before it along. */
  readonly lstrip: boolean
  /** Takes the white space after it along. */
  readonly rstrip: boolean
  /** Only where no letter, digit or other word character stands next to it. */
  readonly singleWord: boolean
  /** Normalized itself, and looked for in normalized text. */
  readonly normalized: boolean
}

/** Ids before and after a text. */
export interface Template {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** Changes a text before it is cut. */
export interface TextNormalizer {
  apply(text: string): string
  /** The same, and for each UTF-16 unit of the result the part of the text it comes from. */
  align(text: string): AlignedText
}

/** Unit `i` of `text` comes from `starts[i]` up to, not including, `ends[i]` of the original, in UTF-16 units. */
export interface AlignedText {
  readonly text: string
  readonly starts: ArrayLike<number>
  readonly ends: ArrayLike<number>
}

/** What decoding does besides putting bytes in a row. */
export interface Decoding {
  /** Bytes of an id that comes first; `tokens` holds those of an id elsewhere. */
  readonly first?: TokenTable
  /** Ids count as first until one has bytes. Default: false, only the first one does. */
  readonly firstUntilText?: boolean
  /** One space at the very end is left out: it is the end-of-word mark of the last word. */
  readonly dropLastSpace?: boolean
}
