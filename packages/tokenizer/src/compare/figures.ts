import { unknownToken } from '../hugging-face/format.js'
import type { Tokenizer } from '../types.js'
import { codePointClasses, SPACE } from '../unicode/classes.js'

/** What a tokenizer makes of some texts. */
export interface TokenizerFigures {
  readonly texts: number
  /** Of UTF-8. */
  readonly bytes: number
  /** Separated by white space. */
  readonly words: number
  readonly tokens: number
  /** Tokens that are the unknown token: text that cannot be had back. */
  readonly unknown: number
  /** `bytes / tokens`: higher is fewer tokens. 0 when there are none. */
  readonly bytesPerToken: number
  /** `tokens / words`, also called fertility. Says little where words are not separated by spaces, as in Chinese. 0 when there are none. */
  readonly tokensPerWord: number
  /** `unknown / tokens`, in [0, 1]. */
  readonly unknownRate: number
}

/** Adds up what one tokenizer makes of texts. */
export interface Tally {
  add(text: TextSize, tokens: number, unknown: number): void
  figures(): TokenizerFigures
}

/** How large a text is, whatever the tokenizer. */
export interface TextSize {
  readonly bytes: number
  readonly words: number
}

export function tally(): Tally {
  let texts = 0
  let bytes = 0
  let words = 0
  let tokens = 0
  let unknown = 0
  return {
    add(size, tokenCount, unknownCount) {
      texts++
      bytes += size.bytes
      words += size.words
      tokens += tokenCount
      unknown += unknownCount
    },
    figures: () => ({
      texts,
      bytes,
      words,
      tokens,
      unknown,
      bytesPerToken: ratio(bytes, tokens),
      tokensPerWord: ratio(tokens, words),
      unknownRate: ratio(unknown, tokens),
    }),
  }
}

/** A lone surrogate counts as the three bytes of U+FFFD, which it is encoded as. White space is that of the pinned Unicode version. */
export function textSize(text: string): TextSize {
  const classes = codePointClasses()
  let bytes = 0
  let words = 0
  let inside = false
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number
    if (point > 0xffff) i++
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    const space = classes[point] === SPACE
    if (!space && !inside) words++
    inside = !space
  }
  return { bytes, words }
}

/** A function that counts the ids of a text and how many of them are the tokenizer's unknown token. */
export function counter(tokenizer: Tokenizer): (text: string) => [tokens: number, unknown: number] {
  const unknownId = idOfUnknown(tokenizer)
  if (unknownId === undefined) return (text) => [tokenizer.count(text), 0]
  return (text) => {
    const ids = tokenizer.encode(text)
    return [ids.length, ids.reduce((sum, id) => (id === unknownId ? sum + 1 : sum), 0)]
  }
}

function idOfUnknown(tokenizer: Tokenizer): number | undefined {
  const unknown = unknownToken(tokenizer.toJSON().model)
  return unknown === null ? undefined : tokenizer.tokenId(unknown)
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b
}
