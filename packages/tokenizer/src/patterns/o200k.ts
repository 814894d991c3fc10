import { classTable } from '../unicode/classes.js'
import { classScanner } from './class-scanner.js'
import { contractionLength } from './contraction.js'
import type { Pattern } from './pattern.js'
import { spaceRunEnd } from './space-run.js'
import { width } from './utf8.js'

/** Classes of code points; white space has `SPACE`. */
const OTHER = 0
const NUMBER = 2
/** `[\p{Lu}\p{Lt}]` */
const UPPER = 4
/** `\p{Ll}` */
const LOWER = 5
/** `[\p{Lm}\p{Lo}]`: letters without case, in a word's upper and in its lower part. */
const CASELESS = 6
/** `\p{M}`: as letters without case inside a word, and as signs outside. */
const MARK = 7

let table: Uint8Array | undefined

/** The class of every code point that o200k's pattern asks for. Built on first use: 1.1 MB. */
export function o200kClasses(): Uint8Array {
  table ??= classTable(o200kClass)
  return table
}

/** The class of a general category. */
export function o200kClass(category: string): number {
  if (category === 'Lu' || category === 'Lt') return UPPER
  if (category === 'Ll') return LOWER
  const [first] = category
  return first === 'L' ? CASELESS : first === 'M' ? MARK : first === 'N' ? NUMBER : OTHER
}

/**
 * The pattern of OpenAI's o200k as a scanner over UTF-8 bytes:
 *
 * `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
 * `|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
 * `|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
 *
 * with the classes of the pinned Unicode version. Its slow twin is the `patternRegex`. From
 * tiktoken, openai_public.py.
 */
export function o200kPattern(): Pattern {
  const scanner = classScanner(o200kClasses())
  const { classAt, runEnd } = scanner

  function next(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    const first = bytes[start] as number
    const kind = classAt(bytes, start)
    const second = start + width(first)
    if (kind >= UPPER && kind !== MARK) return wordEnd(bytes, start, end, last)
    if (kind === NUMBER) return numbersEnd(bytes, second, end, last)
    if (second === end && !last) return -1
    const after = second < end ? classAt(bytes, second) : OTHER
    if (after >= UPPER && first !== 0x0a && first !== 0x0d) {
      const q = wordEnd(bytes, second, end, last)
      // Behind a mark, which may as well be the word's own, only what has a lower part is tried first.
      if (kind !== MARK || q < 0 || wordHasLower) return q
    }
    if (kind === MARK) return wordEnd(bytes, start, end, last)
    if (kind === OTHER) return signsEnd(bytes, second, end, last)
    if (first === 0x20 && second < end && after === OTHER) return signsEnd(bytes, second, end, last)
    return spaceRunEnd(scanner, bytes, start, end, last, false)
  }

  /** Whether the word that `wordEnd` found last is one of the first alternative. */
  let wordHasLower = false

  /**
   * The end of a word, its contraction included, whose first letter or mark stands at `start`. Its upper part goes as
   * far as it can; with no lower letter after it, it gives back what the lower part, which must have something, can
   * take: all from its last caseless one. With none of these the second alternative takes it as it is.
   */
  function wordEnd(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    let p = start
    let caselessEnd = 0
    while (p < end) {
      const kind = classAt(bytes, p)
      if (kind <= LOWER && kind !== UPPER) break
      p += width(bytes[p] as number)
      if (kind !== UPPER) caselessEnd = p
    }
    if (p === end && !last) return -1
    wordHasLower = true
    let q = lowerEnd(bytes, p, end)
    if (q === end && !last) return -1
    if (q === p) {
      wordHasLower = caselessEnd > 0
      if (wordHasLower) q = caselessEnd
    }
    const length = contractionLength(bytes, q, end, last)
    return length < 0 ? -1 : q + length
  }

  /** Where `[\p{Ll}\p{Lm}\p{Lo}\p{M}]*` ends. */
  function lowerEnd(bytes: Uint8Array, from: number, end: number): number {
    let p = runEnd(bytes, from, end, LOWER)
    while (p < end && classAt(bytes, p) >= LOWER) p += width(bytes[p] as number)
    return p
  }

  function numbersEnd(bytes: Uint8Array, second: number, end: number, last: boolean): number {
    let p = second
    for (let count = 1; count < 3; count++) {
      if (p === end) return last ? end : -1
      if (classAt(bytes, p) !== NUMBER) return p
      p += width(bytes[p] as number)
    }
    return p
  }

  /** What is neither a letter, a number nor white space, with the line breaks and slashes behind it. */
  function signsEnd(bytes: Uint8Array, from: number, end: number, last: boolean): number {
    let p = from
    while (p < end) {
      const kind = classAt(bytes, p)
      if (kind !== OTHER && kind !== MARK) break
      p += width(bytes[p] as number)
    }
    while (p < end && (bytes[p] === 0x0a || bytes[p] === 0x0d || bytes[p] === 0x2f)) p++
    return p === end && !last ? -1 : p
  }

  return { next }
}
