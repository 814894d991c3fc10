/** A special token as Hugging Face's tokenizer.json lists it. */
export interface AddedTokenJson {
  readonly id: number
  readonly content: string
  readonly single_word: boolean
  readonly lstrip: boolean
  readonly rstrip: boolean
  readonly normalized: boolean
  readonly special: boolean
}

/** What this package writes of Hugging Face's tokenizer.json, version 1.0. */
export interface TokenizerJson {
  readonly version: '1.0'
  readonly truncation: null
  readonly padding: null
  readonly added_tokens: readonly AddedTokenJson[]
  readonly normalizer: null
  readonly pre_tokenizer: PartJson | null
  readonly post_processor: PartJson | null
  readonly decoder: PartJson
  readonly model: {
    readonly type: 'BPE'
    readonly dropout: null
    readonly unk_token: string | null
    readonly continuing_subword_prefix: null
    readonly end_of_word_suffix: null
    readonly fuse_unk: false
    readonly byte_fallback: false
    readonly ignore_merges: boolean
    readonly vocab: Readonly<Record<string, number>>
    readonly merges: readonly (readonly [string, string])[]
  }
}

/** A part of the pipeline: its type and its settings. */
export interface PartJson {
  readonly type: string
  readonly [setting: string]: unknown
}

/** The list of special tokens, in the order of their ids. */
export function addedTokens(specialTokens: ReadonlyMap<string, number>): AddedTokenJson[] {
  return [...specialTokens]
    .sort(([, a], [, b]) => a - b)
    .map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    }))
}

/** The fixed rest of a BPE model in tokenizer.json. */
export function bpeModelJson(
  vocab: Iterable<readonly [string, number]>,
  merges: readonly (readonly [string, string])[],
  unknown: string | null,
  ignoreMerges = false,
): TokenizerJson['model'] {
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
