import { codePointClasses, LETTER, NUMBER, OTHER } from '../unicode/classes.js'
import { classScanner } from './class-scanner.js'
import { contractionLength } from './contraction.js'
import type { Pattern } from './pattern.js'
import { spaceRunEnd } from './space-run.js'
import { width } from './utf8.js'

/** How the patterns that follow cl100k's differ. */
export interface Cl100kRules {
  /** The most numbers in a piece. */
  readonly digits: number
  /** White space at the end of the text is one piece, and not cut behind its last line break. */
  readonly wholeTail: boolean
}

/**
 * The pattern of OpenAI's cl100k, and of vocabularies with patterns alike, as a scanner over UTF-8 bytes:
 *
 * `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]+|\s+(?!\S)|\s+`
 *
 * with the classes of the pinned Unicode version, here for three digits and the whole tail. Its slow twin is the
 * `patternRegex`. From tiktoken, openai_public.py.
 */
export function cl100kPattern({ digits, wholeTail }: Cl100kRules): Pattern {
  const scanner = classScanner(codePointClasses())
  const { classAt, runEnd } = scanner

  function next(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    const first = bytes[start] as number
    if (first === 0x27) {
      const length = contractionLength(bytes, start, end, last)
      if (length !== 0) return length < 0 ? -1 : start + length
    }
    const kind = classAt(bytes, start)
    const second = start + width(first)
    if (kind === LETTER) return decided(runEnd(bytes, second, end, LETTER), end, last)
    if (kind === NUMBER) return numbersEnd(bytes, second, end, last)
    if (second === end && !last) return -1
    const after = second < end ? classAt(bytes, second) : -1
    if (after === LETTER && first !== 0x0a && first !== 0x0d) {
      return decided(runEnd(bytes, second, end, LETTER), end, last)
    }
    if (kind === OTHER) return signsEnd(bytes, second, end, last)
    if (first === 0x20 && after === OTHER) return signsEnd(bytes, second, end, last)
    return spaceRunEnd(scanner, bytes, start, end, last, wholeTail)
  }

  function numbersEnd(bytes: Uint8Array, second: number, end: number, last: boolean): number {
    let p = second
    for (let count = 1; count < digits; count++) {
      if (p === end) return last ? end : -1
      if (classAt(bytes, p) !== NUMBER) return p
      p += width(bytes[p] as number)
    }
    return p
  }

  /** What is neither a letter, a number nor white space, with the line breaks behind it. */
  function signsEnd(bytes: Uint8Array, from: number, end: number, last: boolean): number {
    let p = runEnd(bytes, from, end, OTHER)
    while (p < end && (bytes[p] === 0x0a || bytes[p] === 0x0d)) p++
    return decided(p, end, last)
  }

  return { next }
}

/** A run that reaches the end of what is known may go on. */
function decided(p: number, end: number, last: boolean): number {
  return p === end && !last ? -1 : p
}
