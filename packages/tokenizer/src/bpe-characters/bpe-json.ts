import {
  addedTokens,
  type BpeModelJson,
  bpeModelJson,
  type PartJson,
  type TokenizerJson,
} from '../hugging-face/format.js'

/** What training gives, and the parts around it. */
export interface TrainedCharacters {
  readonly names: readonly string[]
  readonly merges: readonly (readonly [string, string])[]
  readonly specialTokens: ReadonlyMap<string, number>
  readonly normalizer: PartJson | null
  readonly preTokenizer: PartJson | null
  readonly decoder: PartJson
  readonly unknown: string | null
  /** Settings of the model that differ from plain BPE. */
  readonly settings: Partial<BpeModelJson>
}

/** BPE on characters as the content of a tokenizer.json. */
export function bpeJson(trained: TrainedCharacters): TokenizerJson<BpeModelJson> {
  const { names, merges, specialTokens, unknown } = trained
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(specialTokens),
    normalizer: trained.normalizer,
    pre_tokenizer: trained.preTokenizer,
    post_processor: null,
    decoder: trained.decoder,
    model: {
      ...bpeModelJson(
        names.map((name, id) => [name, id] as const),
        merges,
        unknown,
      ),
      ...trained.settings,
    },
  }
}
