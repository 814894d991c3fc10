import { spell } from '../bpe/byte-alphabet.js'
import type { BpeVocabulary } from '../bpe/vocabulary.js'
import { bytesOf } from '../token-table.js'
import { addedTokens, bpeModelJson, type TokenizerJson } from './format.js'

/** Byte-level BPE as the content of a tokenizer.json: the pipeline of GPT-2. */
export function bpeToJson(vocabulary: BpeVocabulary): TokenizerJson {
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
    pre_tokenizer: byteLevel(false),
    post_processor: null,
    decoder: byteLevel(true),
    model: bpeModelJson(
      names.flatMap((name, id) => (name === '' ? [] : [[name, id] as const])),
      Array.from(left, (a, rank) => [names[a]!, names[right[rank]!]!] as const),
      null,
      vocabulary.ignoreMerges,
    ),
  }
}

/** `use_regex` is GPT-2's pattern. */
function byteLevel(addPrefixSpace: boolean): { type: string; [setting: string]: unknown } {
  return {
    type: 'ByteLevel',
    add_prefix_space: addPrefixSpace,
    trim_offsets: true,
    use_regex: true,
  }
}
