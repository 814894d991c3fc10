import type { AddedToken } from '../model.js'

/** A token beside the model's own, as Hugging Face's tokenizer.json lists it. */
export interface AddedTokenJson {
  readonly id: number
  readonly content: string
  readonly single_word: boolean
  readonly lstrip: boolean
  readonly rstrip: boolean
  readonly normalized: boolean
  readonly special: boolean
}

/** What this package reads and writes of Hugging Face's tokenizer.json, version 1.0. */
export interface TokenizerJson<Model extends ModelJson = ModelJson> {
  readonly version: '1.0'
  /** Kept, and not applied: see `FileSettings`. */
  readonly truncation: JsonObject | null
  readonly padding: JsonObject | null
  readonly added_tokens: readonly AddedTokenJson[]
  readonly normalizer: PartJson | null
  readonly pre_tokenizer: PartJson | null
  readonly post_processor: PartJson | null
  readonly decoder: PartJson | null
  readonly model: Model
}

export type ModelJson = BpeModelJson | UnigramModelJson | WordLevelModelJson | WordPieceModelJson

export interface BpeModelJson {
  readonly type: 'BPE'
  readonly dropout: number | null
  readonly unk_token: string | null
  readonly continuing_subword_prefix: string | null
  readonly end_of_word_suffix: string | null
  readonly fuse_unk: boolean
  readonly byte_fallback: boolean
  readonly ignore_merges: boolean
  readonly vocab: Readonly<Record<string, number>>
  readonly merges: readonly (readonly [string, string])[]
}

export interface UnigramModelJson {
  readonly type: 'Unigram'
  readonly unk_id: number | null
  /** Pieces and their scores, in the order of the ids. */
  readonly vocab: readonly (readonly [string, number])[]
  readonly byte_fallback: boolean
}

export interface WordLevelModelJson {
  readonly type: 'WordLevel'
  readonly vocab: Readonly<Record<string, number>>
  readonly unk_token: string
}

export interface WordPieceModelJson {
  readonly type: 'WordPiece'
  readonly unk_token: string
  readonly continuing_subword_prefix: string
  /** Longer words are unknown, in code points. */
  readonly max_input_chars_per_word: number
  readonly vocab: Readonly<Record<string, number>>
}

/** A part of the pipeline: its type and its settings. */
export interface PartJson {
  readonly type: string
  readonly [setting: string]: unknown
}

export type JsonObject = Readonly<Record<string, unknown>>

/**
 * What a file holds besides the parts that decide ids, kept for writing. Truncation and padding are not applied:
 * `encode` never drops text, and making rows of one length belongs to packing.
 */
export interface FileSettings {
  readonly truncation: JsonObject | null
  readonly padding: JsonObject | null
  readonly postProcessor: PartJson | null
}

/** The name of the token that stands for what is not in the vocabulary. */
export function unknownToken(model: ModelJson): string | null {
  if (model.type !== 'Unigram') return model.unk_token
  return model.unk_id === null ? null : (model.vocab[model.unk_id]?.[0] ?? null)
}

/** The list of special tokens, in the order of their ids. */
export function addedTokens(specialTokens: ReadonlyMap<string, number>): AddedTokenJson[] {
  return addedTokensJson(
    [...specialTokens].map(([content, id]) => ({
      id,
      content,
      singleWord: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
  )
}

/** Added tokens in the order of their ids. */
export function addedTokensJson(tokens: readonly AddedToken[]): AddedTokenJson[] {
  return [...tokens]
    .sort((a, b) => a.id - b.id)
    .map(({ id, content, singleWord, lstrip, rstrip, normalized, special }) => ({
      id,
      content,
      single_word: singleWord,
      lstrip,
      rstrip,
      normalized,
      special,
    }))
}

/** The fixed rest of a BPE model in tokenizer.json. */
export function bpeModelJson(
  vocab: Iterable<readonly [string, number]>,
  merges: readonly (readonly [string, string])[],
  unknown: string | null,
  ignoreMerges = false,
): BpeModelJson {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: unknown,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: ignoreMerges,
    // fromEntries defines own properties, so that a token "__proto__" is an entry like any other.
    vocab: Object.fromEntries(vocab),
    merges,
  }
}
