import { codePointClasses, SPACE } from '../unicode/classes.js'
import { classScanner } from './class-scanner.js'
import type { Pattern } from './pattern.js'
import { width } from './utf8.js'

/**
 * GPT-2's pattern, as a scanner over UTF-8 bytes:
 *
 * `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
 *
 * with the classes of the pinned Unicode version. Its slow twin is `patternRegex`.
 * From "Language Models are Unsupervised Multitask Learners" (Radford et al., 2019), encoder.py.
 */
export function gpt2Pattern(): Pattern {
  const { classAt, runEnd } = classScanner(codePointClasses())

  function next(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    const first = bytes[start] as number
    if (first === 0x27) {
      if (start + 2 >= end && !last) return -1
      const contraction = contractionEnd(bytes, start, end)
      if (contraction > 0) return contraction
    }
    // A single space joins what follows, unless that is white space too.
    let p = start
    let kind = classAt(bytes, start)
    if (first === 0x20 && start + 1 < end) {
      const after = classAt(bytes, start + 1)
      if (after !== SPACE) {
        p = start + 1
        kind = after
      }
    }
    const from = p + width(bytes[p] as number)
    const q = kind === SPACE ? spaceEnd(bytes, start, from, end) : runEnd(bytes, from, end, kind)
    return q === end && !last ? -1 : q
  }

  /** `\s+(?!\S)|\s+`: the run, without its last character where something else follows, if it has more than one. */
  function spaceEnd(bytes: Uint8Array, start: number, from: number, end: number): number {
    let final = start
    let p = from
    while (p < end) {
      if (classAt(bytes, p) !== SPACE) return final === start ? p : final
      final = p
      p += width(bytes[p] as number)
    }
    return p
  }

  return { next }
}

/** The end of `'s 't 'm 'd 're 've 'll` at `start`, or 0. */
function contractionEnd(bytes: Uint8Array, start: number, end: number): number {
  const a = start + 1 < end ? bytes[start + 1] : 0
  if (a === 0x73 || a === 0x74 || a === 0x6d || a === 0x64) return start + 2
  const b = start + 2 < end ? bytes[start + 2] : 0
  if ((a === 0x72 || a === 0x76) && b === 0x65) return start + 3
  return a === 0x6c && b === 0x6c ? start + 3 : 0
}
