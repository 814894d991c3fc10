import type { EncodeOptions } from './types.js'

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

/**
 * Calls `ordinary` and `special` for the parts of a text in order. Where several allowed tokens could stand, the
 * leftmost is taken, and of those at one place the longest.
 *
 * @throws RangeError when the text contains a token that `disallowedSpecial` names, or an option names an unknown one.
 */
export type SplitSpecial = (
  text: string,
  options: EncodeOptions,
  ordinary: (text: string) => void,
  special: (id: number) => void,
) => void

/** Makes the splitter for a set of special tokens. Linear in the text for a given set: no regular expressions. */
export function splitSpecial(tokens: ReadonlyMap<string, number>): SplitSpecial {
  // Longest first, so that the first found at a place is the one to take.
  const names = [...tokens.keys()].sort((a, b) => b.length - a.length)

  return (text, options, ordinary, special) => {
    const { allowedSpecial, disallowedSpecial } = options
    if (allowedSpecial === undefined && disallowedSpecial === undefined) return ordinary(text)
    const allowed = select(allowedSpecial, 'allowedSpecial')
    const refused = select(disallowedSpecial, 'disallowedSpecial').filter(
      (name) => !allowed.includes(name),
    )
    for (const name of refused) {
      const at = text.indexOf(name)
      if (at >= 0) {
        throw new RangeError(
          `encode: expected no ${JSON.stringify(name)} in the text, got one at index ${at}; allow it with allowedSpecial, or leave it out of disallowedSpecial to encode it as text`,
        )
      }
    }
    split(text, allowed, ordinary, special)
  }

  function select(wanted: EncodeOptions['allowedSpecial'], option: string): string[] {
    if (wanted === undefined) return []
    if (wanted === 'all') return names
    for (const name of wanted) {
      if (!tokens.has(name)) {
        throw new RangeError(
          `encode: expected names of special tokens in ${option}, got ${JSON.stringify(name)}`,
        )
      }
    }
    return names.filter((name) => wanted.has(name))
  }

  function split(
    text: string,
    allowed: readonly string[],
    ordinary: (text: string) => void,
    special: (id: number) => void,
  ): void {
    // Where each name comes next; searched again only once passed.
    const nextAt = allowed.map((name) => text.indexOf(name))
    let from = 0
    for (;;) {
      let best = -1
      for (let i = 0; i < allowed.length; i++) {
        if (nextAt[i] !== -1 && (nextAt[i] as number) < from) {
          nextAt[i] = text.indexOf(allowed[i] as string, from)
        }
        const at = nextAt[i] as number
        if (at !== -1 && (best === -1 || at < (nextAt[best] as number))) best = i
      }
      if (best === -1) break
      const at = nextAt[best] as number
      if (at > from) ordinary(text.slice(from, at))
      const name = allowed[best] as string
      special(tokens.get(name) as number)
      from = at + name.length
    }
    if (from < text.length) ordinary(from === 0 ? text : text.slice(from))
  }
}

function hasLoneSurrogate(text: string): boolean {
  for (const character of text) {
    const unit = character.charCodeAt(0)
    if (character.length === 1 && unit >= 0xd800 && unit < 0xe000) return true
  }
  return false
}
