import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { TokenModel } from './model.js'

/**
 * SHA-256 over everything that decides the ids: kind, special tokens, rules, and the bytes of every token.
 * It does not cover the file format, so a tokenizer keeps its hash when saved, loaded, or read from another program's file.
 */
export function hashModel(model: TokenModel): string {
  const { bytes, offsets, size } = model.tokens
  const lengths = Array.from(
    { length: size },
    (_, id) => (offsets[id + 1] as number) - (offsets[id] as number),
  )
  const special = [...model.specialTokens].sort(([, a], [, b]) => a - b)
  const head = JSON.stringify({
    version: 1,
    kind: model.kind,
    special,
    rules: model.rules(),
    lengths,
  })
  return bytesToHex(sha256.create().update(utf8ToBytes(head)).update(bytes).digest())
}
