import type { CharacterVocabulary } from '../characters/characters-model.js'
import { addedTokens, bpeModelJson, type TokenizerJson } from './format.js'

/**
 * Characters as the content of a tokenizer.json: BPE over characters that has no merges and sees the text as one
 * piece, which is the same thing in words that every reader of the format knows.
 */
export function charactersToJson(vocabulary: CharacterVocabulary): TokenizerJson {
  const { names, specialTokens, unknown } = vocabulary
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(specialTokens),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: bpeModelJson(
      names.map((name, id) => [name, id] as const),
      [],
      unknown ?? null,
    ),
  }
}
