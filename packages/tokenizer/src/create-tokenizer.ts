import { TokenIndex } from './bpe/token-index.js'
import { decodeWith, idCheck } from './decode.js'
import { encodeWith } from './encode.js'
import { hashModel } from './hash-model.js'
import type { TokenModel } from './model.js'
import { bytesOf } from './token-table.js'
import type { Tokenizer } from './types.js'

/** Builds what all kinds of tokenizers share around a model. */
export function createTokenizer(model: TokenModel): Tokenizer {
  const { tokens, specialTokens } = model
  const check = idCheck(model)
  let hash: string | undefined
  let index: TokenIndex | undefined

  return {
    kind: model.kind,
    vocabularySize: tokens.size,
    get hash() {
      hash ??= hashModel(model)
      return hash
    },
    specialTokens,
    ...encodeWith(model),
    ...decodeWith(model),
    tokenBytes(id) {
      check('tokenBytes', id)
      return bytesOf(tokens, id).slice()
    },
    tokenId(token) {
      if (typeof token === 'string') {
        const id = specialTokens.get(token) ?? model.idOf?.(token)
        if (id !== undefined || model.idOf) return id
      }
      const bytes = typeof token === 'string' ? new TextEncoder().encode(token) : token
      index ??= new TokenIndex(tokens, specialTokens)
      const found = index.find(bytes, 0, bytes.length)
      return found < 0 ? undefined : found
    },
    toJSON: () => model.toJSON(),
  }
}
