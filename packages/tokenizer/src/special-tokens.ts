import type { AddedToken } from './model.js'

/** What trained tokenizers get when nothing else is asked for. */
export const DEFAULT_SPECIAL_TOKENS: readonly string[] = ['<|endoftext|>']

/** @throws RangeError for an empty, repeated or ill-formed name. */
export function checkSpecialTokens(name: string, tokens: readonly string[]): void {
  const seen = new Set<string>()
  for (const token of tokens) {
    if (typeof token !== 'string' || token === '' || hasLoneSurrogate(token)) {
      throw new RangeError(
        `${name}: expected special tokens to be non-empty text, got ${JSON.stringify(token)}`,
      )
    }
    if (seen.has(token)) {
      throw new RangeError(
        `${name}: expected distinct special tokens, got ${JSON.stringify(token)} twice`,
      )
    }
    seen.add(token)
  }
}

/** Special tokens as tokens that are found exactly as they are spelled. */
export function plainAddedTokens(specialTokens: ReadonlyMap<string, number>): AddedToken[] {
  return [...specialTokens].map(([content, id]) => ({
    content,
    id,
    special: true,
    lstrip: false,
    rstrip: false,
    singleWord: false,
    normalized: false,
  }))
}

function hasLoneSurrogate(text: string): boolean {
  for (const character of text) {
    const unit = character.charCodeAt(0)
    if (character.length === 1 && unit >= 0xd800 && unit < 0xe000) return true
  }
  return false
}
