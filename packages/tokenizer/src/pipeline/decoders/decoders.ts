import { unspell } from '../../bpe/byte-alphabet.js'
import type { PartJson } from '../../hugging-face/format.js'
import type { FindMatches } from '../find-matches.js'
import { replace } from '../normalizers/replace.js'
import { rawByte } from '../raw-bytes.js'
import type { DecoderPart } from './decoder-part.js'

/** From GPT-2's alphabet to bytes; a token with another character stands for itself. */
export function byteLevelDecoder(json: PartJson): DecoderPart {
  return {
    json,
    joins: true,
    step(token) {
      const bytes = unspell(token)
      return bytes === undefined ? token : Array.from(bytes, rawByte).join('')
    },
  }
}

/** `<0x41>` is a byte. */
export function byteFallbackDecoder(): DecoderPart {
  return {
    json: { type: 'ByteFallback' },
    step(token) {
      const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1]
      return hex === undefined ? token : rawByte(Number.parseInt(hex, 16))
    },
  }
}

/** Makes one text of the tokens. */
export function fuseDecoder(): DecoderPart {
  const step = (token: string): string => token
  return { json: { type: 'Fuse' }, joins: true, step, joined: step }
}

/** Marks of `metaspace` become spaces; the first token loses its own where one was put in front. */
export function metaspaceDecoder(
  json: PartJson,
  replacement: string,
  prepends: boolean,
): DecoderPart {
  return {
    json,
    step: (token, first) => token.replaceAll(replacement, () => (first && prepends ? '' : ' ')),
  }
}

/** The end of a word becomes a space, but not at the end of the text. */
export function bpeDecoder(suffix: string): DecoderPart {
  return {
    json: { type: 'BPEDecoder', suffix },
    step: (token) => (suffix === '' ? token : token.replaceAll(suffix, () => ' ')),
    dropLastSpace: true,
  }
}

/** A space before every token that does not continue a word. */
export function wordPieceDecoder(prefix: string, cleanup: boolean): DecoderPart {
  return {
    json: { type: 'WordPiece', prefix, cleanup },
    step(token, first) {
      const joined = first
        ? token
        : token.startsWith(prefix)
          ? token.slice(prefix.length)
          : ` ${token}`
      return cleanup ? tidy(joined) : joined
    },
  }
}

/** No space before punctuation and contractions, as far as one token shows them. */
function tidy(text: string): string {
  return text
    .replaceAll(/ ([.?!,])/g, '$1')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(/ ('s|'ve|'re)/g, '$1')
}

export function replaceDecoder(
  json: PartJson,
  find: FindMatches,
  content: string,
  inCharacters: boolean,
): DecoderPart {
  const { apply } = replace(json, find, content)
  const step = (token: string): string => apply(token)
  return inCharacters ? { json, step, joined: step } : { json, step }
}

/** Leaves out up to so many of a character at either end of every token, or of the whole text where it is one. */
export function stripDecoder(content: string, start: number, stop: number): DecoderPart {
  function step(token: string): string {
    const characters = [...token]
    let from = 0
    let to = characters.length
    while (from < start && characters[from] === content) from++
    while (characters.length - to < stop && to > from && characters[to - 1] === content) to--
    return characters.slice(from, to).join('')
  }
  const json = { type: 'Strip', content, start, stop }
  if (stop > 0) return { json, step }
  return { json, step, joined: (text, first) => (first ? step(text) : text) }
}
