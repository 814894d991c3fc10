import type { AddedToken, TokenModel } from './model.js'
import { sha256 } from './sha256.js'

/**
 * SHA-256 over everything that decides the ids: kind, special and added tokens, rules, and the bytes of every token.
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
    ...addedTokens(model),
  })
  return sha256(new TextEncoder().encode(head), bytes)
}

/** Added tokens that are not just special tokens found as they are spelled; those are in every head. */
function addedTokens({ addedTokens = [], normalizer }: TokenModel): {
  added?: readonly Partial<AddedToken>[]
} {
  const added = addedTokens
    .map(({ normalized, ...token }) => ({ ...token, normalized: normalized && !!normalizer }))
    .filter((t) => !t.special || t.lstrip || t.rstrip || t.singleWord || t.normalized)
  return added.length === 0 ? {} : { added }
}
