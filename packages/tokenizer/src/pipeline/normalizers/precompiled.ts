import { toBase64 } from '../../formats/base64.js'
import type { AlignedText } from '../../model.js'
import { Charsmap } from '../../sentencepiece/charsmap.js'
import type { Normalizer } from '../normalizer.js'

/** Longer graphemes, in UTF-8 bytes, are replaced character by character. */
const LONGEST_GRAPHEME = 5

/**
 * SentencePiece's replacement rules as Hugging Face's `Precompiled` applies them: a whole grapheme becomes what the
 * shortest rule that it starts with says. SentencePiece itself takes the longest rule, graphemes or not.
 */
export function precompiled(blob: Uint8Array): Normalizer {
  const charsmap = new Charsmap(blob)
  let segmenter: Intl.Segmenter | undefined

  function graphemes(text: string): Iterable<{ segment: string }> {
    segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' })
    return segmenter.segment(text)
  }

  /** Calls `keep` with what stays and `change` with what does not, in order. */
  function walk(
    text: string,
    keep: (part: string) => void,
    change: (part: string, replacement: string) => void,
  ): void {
    const apply = (part: string): boolean => {
      const replacement = charsmap.shortest(part)
      if (replacement === undefined) return false
      change(part, replacement)
      return true
    }
    for (const run of simpleRuns(text)) {
      const parts = run.simple
        ? Array.from(run.text, (segment) => ({ segment }))
        : graphemes(run.text)
      for (const { segment } of parts) {
        if (byteLength(segment) <= LONGEST_GRAPHEME && apply(segment)) continue
        for (const character of segment) if (!apply(character)) keep(character)
      }
    }
  }

  return {
    json: { type: 'Precompiled', precompiled_charsmap: toBase64(blob) },
    apply(text) {
      let out = ''
      walk(
        text,
        (part) => {
          out += part
        },
        (_, replacement) => {
          out += replacement
        },
      )
      return out
    },
    align: (text) => align(text, walk),
  }
}

/** A replacement takes the places of the characters it replaces one by one; what it has more, the place of the last. */
function align(
  source: string,
  walk: (
    text: string,
    keep: (part: string) => void,
    change: (part: string, replacement: string) => void,
  ) => void,
): AlignedText {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  let at = 0
  const put = (character: string, start: number, end: number): void => {
    text += character
    for (let i = 0; i < character.length; i++) {
      starts.push(start)
      ends.push(end)
    }
  }
  walk(
    source,
    (part) => {
      put(part, at, at + part.length)
      at += part.length
    },
    (part, replacement) => {
      const old = Array.from(part)
      let start = at
      let i = 0
      for (const character of replacement) {
        put(character, start, start + (old[i] as string).length)
        if (i + 1 < old.length) start += (old[i++] as string).length
      }
      at += part.length
    },
  )
  return { text, starts, ends }
}

/** A text in runs: where each character is a grapheme, as between ASCII characters, and where that is to be found out. */
function* simpleRuns(text: string): Generator<{ text: string; simple: boolean }> {
  const isBorder = (i: number): boolean =>
    text.charCodeAt(i - 1) < 0x80 &&
    text.charCodeAt(i) < 0x80 &&
    !(text.charCodeAt(i - 1) === 0x0d && text.charCodeAt(i) === 0x0a)
  for (let start = 0; start < text.length; ) {
    let end = start + 1
    while (end < text.length && !isBorder(end)) end++
    // A run of borders: single characters up to the last one that has them on both sides.
    let simple = end
    if (end === start + 1) {
      while (simple < text.length && (simple + 1 === text.length || isBorder(simple + 1))) simple++
    }
    yield { text: text.slice(start, simple), simple: end === start + 1 }
    start = simple
  }
}

function byteLength(text: string): number {
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // Both halves of a pair make four bytes.
    length += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3
  }
  return length
}
