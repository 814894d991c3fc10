import { bpeToJson } from '../hugging-face/write-bpe.js'
import type { TokenModel } from '../model.js'
import { bpeEncoder } from './encoder.js'
import type { BpeVocabulary } from './vocabulary.js'

/** Byte-level BPE as a `TokenModel`. The encoder's tables are made on first use. */
export function bpeModel(vocabulary: BpeVocabulary): TokenModel {
  let encode: TokenModel['encode'] | undefined
  return {
    kind: 'bpe',
    tokens: vocabulary.tokens,
    specialTokens: vocabulary.specialTokens,
    encode(text, out) {
      encode ??= bpeEncoder(vocabulary)
      encode(text, out)
    },
    rules: () => ({
      pattern: vocabulary.pattern,
      left: Array.from(vocabulary.left),
      right: Array.from(vocabulary.right),
      product: Array.from(vocabulary.product),
    }),
    toJSON: () => bpeToJson(vocabulary),
  }
}
