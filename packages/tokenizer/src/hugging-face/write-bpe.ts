import { spell } from '../bpe/byte-alphabet.js'
import type { BpeVocabulary } from '../bpe/vocabulary.js'
import { bytesOf } from '../token-table.js'
import { patternToJson } from './byte-level-pattern.js'
import { addedTokens, type BpeModelJson, bpeModelJson, type TokenizerJson } from './format.js'

/**
 * Byte-level BPE as the content of a tokenizer.json: the pipeline of GPT-2, or with another pattern that of Llama 3.
 * @param addedOnly ids that stand in the list of added tokens and not in the model
 */
export function bpeToJson(
  vocabulary: BpeVocabulary,
  addedOnly: ReadonlySet<number> = new Set(),
): TokenizerJson<BpeModelJson> {
  const { tokens, specialTokens, left, right } = vocabulary
  const names = Array.from({ length: tokens.size }, (_, id) => spell(bytesOf(tokens, id)))
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  for (const id of specialTokens.values()) names[id] = utf8.decode(bytesOf(tokens, id))
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(specialTokens),
    normalizer: null,
    pre_tokenizer: patternToJson(vocabulary.pattern),
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: bpeModelJson(
      names.flatMap((name, id) => (name === '' || addedOnly.has(id) ? [] : [[name, id] as const])),
      Array.from(left, (a, rank) => [names[a]!, names[right[rank]!]!] as const),
      null,
      vocabulary.ignoreMerges,
    ),
  }
}
