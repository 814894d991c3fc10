import type { TokenizerJson } from './hugging-face/format.js'

/** How a tokenizer cuts text. BPE is byte-level, on characters with end-of-word marks, or SentencePiece's. */
export type TokenizerKind = 'bpe' | 'bytes' | 'characters' | 'unigram' | 'wordpiece' | 'words'

/** What encoding does where the text spells out a special token. */
export interface SpecialTokenPolicy {
  /**
   * Special tokens that may be produced from the text, by name, or `'all'`. Default: none, so that text from
   * outside can never smuggle in an end-of-text mark: its letters are encoded like any others.
   */
  readonly allowedSpecial?: 'all' | ReadonlySet<string>
  /**
   * Special tokens whose appearance in the text is an error unless they are allowed, by name, or `'all'`.
   * Default: none, they are encoded as ordinary text.
   */
  readonly disallowedSpecial?: 'all' | ReadonlySet<string>
}

/**
 * A part of a text with a policy of its own, as of a chat of which only the frame is trusted. What it leaves out of the
 * policy is as in the options of the call.
 */
export interface TextPart extends SpecialTokenPolicy {
  readonly text: string
}

/**
 * A text; its UTF-8 bytes; or parts in a row, encoded as the one text that they make, except that no special token is found
 * across the border of two parts.
 */
export type EncodeInput = string | Uint8Array | readonly TextPart[]

/** Options of everything that encodes. */
export interface EncodeOptions extends SpecialTokenPolicy {
  /**
   * Put the tokens before and after the text that the tokenizer's file has in its template, as BERT's `[CLS]` and
   * `[SEP]`. Without effect where there is no template. Default: false.
   */
  readonly addSpecialTokens?: boolean
  /**
   * BPE dropout: leave out each merge with this probability, in [0, 1], so that a model sees words cut in several ways.
   * Only kinds with merges have it. "BPE-Dropout: Simple and Effective Subword Regularization" (Provilkov et al., 2020).
   * Default: 0.
   */
  readonly dropout?: number
  /** Decides what `dropout` leaves out: a safe integer. The same seed and text give the same ids. Default: 0. */
  readonly seed?: number
}

/** Options of `encodeWithOffsets`. */
export interface OffsetOptions extends EncodeOptions {
  /** What offsets count: UTF-16 units as in `text.slice(start, end)`, or bytes of UTF-8. Default: `'utf16'`. */
  readonly unit?: 'utf16' | 'bytes'
}

/** Ids, and for each the part of the text that it stands for: from `starts[i]` up to, not including, `ends[i]`. */
export interface OffsetEncoding {
  readonly ids: Uint32Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

/** Options of everything that decodes. */
export interface DecodeOptions {
  /** Leave special tokens out of the text. Default: false. */
  readonly skipSpecialTokens?: boolean
}

/** Turns ids into text one at a time, never emitting half a character. */
export interface StreamDecoder {
  /** The text that is complete after this id: empty while a character is unfinished. */
  push(id: number): string
  /** What is left: U+FFFD if the ids ended inside a character. The decoder can then be used again. */
  end(): string
}

/** Text to ids and back. Made by the trainers, `bytesTokenizer` and `loadTokenizer`. */
export interface Tokenizer {
  readonly kind: TokenizerKind
  /** Number of ids: every id is in [0, vocabularySize). */
  readonly vocabularySize: number
  /** SHA-256, in hex, of everything that decides the ids; the same after saving and loading. */
  readonly hash: string
  /** Ids of the special tokens by name. */
  readonly specialTokens: ReadonlyMap<string, number>
  /** Ids of a text. A lone surrogate counts as U+FFFD. */
  encode(input: EncodeInput, options?: EncodeOptions): Uint32Array
  /**
   * Writes the ids to the start of `target` and returns how many there are.
   * @throws RangeError, with the number needed, when they do not fit, or an id does not fit 16 bits; `target` is then as it was
   */
  encodeInto(input: EncodeInput, target: Uint16Array | Uint32Array, options?: EncodeOptions): number
  /**
   * Ids with the places in the text that they stand for. Ids of the bytes of one character have, in UTF-16 units, all the
   * place of the character; ids of the template have an empty place.
   */
  encodeWithOffsets(input: EncodeInput, options?: OffsetOptions): OffsetEncoding
  /** `encode` for each text; with `dropout`, each text has a seed of its own, made of `seed` and its index. */
  encodeBatch(inputs: Iterable<EncodeInput>, options?: EncodeOptions): Uint32Array[]
  /** `encode(input, options).length`, without making the array. */
  count(input: EncodeInput, options?: EncodeOptions): number
  /** The same, or undefined when there are more than `limit`: found out without encoding much beyond it. */
  countUpTo(input: EncodeInput, limit: number, options?: EncodeOptions): number | undefined
  /** Text of ids, special tokens by their names. Bytes that are not UTF-8 become U+FFFD. */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string
  /** The bytes of the same text, as they are. */
  decodeBytes(ids: ArrayLike<number>, options?: DecodeOptions): Uint8Array
  /** A decoder for ids that arrive one at a time; each call makes an independent one. */
  decoder(options?: DecodeOptions): StreamDecoder
  /** UTF-8 bytes of one id (a copy): for a special token, the bytes of its name. */
  tokenBytes(id: number): Uint8Array
  /**
   * The id of a token by its text or bytes, or of a special token by its name; undefined where there is none. In vocabularies
   * whose names say more than the text, such as "##ing", by that name.
   */
  tokenId(token: string | Uint8Array): number | undefined
  /** The tokenizer as the content of a Hugging Face tokenizer.json, so that `JSON.stringify` and `loadTokenizer` work on it. */
  toJSON(): TokenizerJson
}
