import type { TokenizerJson } from './hugging-face/format.js'

/** How a tokenizer cuts text. BPE is byte-level, on characters with end-of-word marks, or SentencePiece's. */
export type TokenizerKind = 'bpe' | 'bytes' | 'characters' | 'unigram' | 'wordpiece' | 'words'

/** What `encode` does where the text spells out a special token. */
export interface EncodeOptions {
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

/** Turns ids into text one at a time, never emitting half a character. */
export interface StreamDecoder {
  /** The text that is complete after this id: empty while a character is unfinished. */
  push(id: number): string
  /** What is left: U+FFFD if the ids ended inside a character. The decoder can then be used again. */
  end(): string
}

/** Text to ids and back. Made by `trainBpe`, `trainCharacters` and `loadTokenizer`. */
export interface Tokenizer {
  readonly kind: TokenizerKind
  /** Number of ids: every id is in [0, vocabularySize). */
  readonly vocabularySize: number
  /** SHA-256, in hex, of everything that decides the ids; the same after saving and loading. */
  readonly hash: string
  /** Ids of the special tokens by name. */
  readonly specialTokens: ReadonlyMap<string, number>
  /** Ids of a text. A lone surrogate counts as U+FFFD. */
  encode(text: string, options?: EncodeOptions): Uint32Array
  /** Text of ids, special tokens by their names. Bytes that are not UTF-8 become U+FFFD. */
  decode(ids: ArrayLike<number>): string
  /** `encode` for each text. */
  encodeBatch(texts: Iterable<string>, options?: EncodeOptions): Uint32Array[]
  /** A decoder for ids that arrive one at a time; each call makes an independent one. */
  decoder(): StreamDecoder
  /** `encode(text, options).length`, without making the array. */
  count(text: string, options?: EncodeOptions): number
  /** UTF-8 bytes of one id (a copy): for a special token, the bytes of its name. */
  tokenBytes(id: number): Uint8Array
  /** The tokenizer as the content of a Hugging Face tokenizer.json, so that `JSON.stringify` and `loadTokenizer` work on it. */
  toJSON(): TokenizerJson
}
