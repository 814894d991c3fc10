import { codePointClasses, SPACE } from '../unicode/classes.js'
import type { Pattern } from './pattern.js'

/** In the table by byte: the class needs the whole code point. */
const MULTIBYTE = 4

/**
 * GPT-2's pattern, as a scanner over UTF-8 bytes:
 *
 * `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
 *
 * with the classes of the pinned Unicode version. Its slow twin is `gpt2Regex`.
 * From "Language Models are Unsupervised Multitask Learners" (Radford et al., 2019), encoder.py.
 */
export function gpt2Pattern(): Pattern {
  const classes = codePointClasses()
  const byteClass = new Uint8Array(256).fill(MULTIBYTE, 128)
  byteClass.set(classes.subarray(0, 128))

  function next(bytes: Uint8Array, start: number, end: number): number {
    const first = bytes[start] as number
    if (first === 0x27) {
      const contraction = contractionEnd(bytes, start, end)
      if (contraction > 0) return contraction
    }
    // A single space joins what follows, unless that is white space too.
    let p = start
    let kind = byteClass[first] as number
    if (first === 0x20 && start + 1 < end) {
      const after = classAt(bytes, start + 1)
      if (after !== SPACE) {
        p = start + 1
        kind = after
      }
    } else if (kind === MULTIBYTE) kind = classes[codePoint(bytes, start)] as number
    p += width(bytes[p] as number)
    return kind === SPACE ? spaceEnd(bytes, start, p, end) : runEnd(bytes, p, end, kind)
  }

  function classAt(bytes: Uint8Array, p: number): number {
    const kind = byteClass[bytes[p] as number] as number
    return kind === MULTIBYTE ? (classes[codePoint(bytes, p)] as number) : kind
  }

  function runEnd(bytes: Uint8Array, from: number, end: number, kind: number): number {
    let p = from
    while (p < end) {
      const byte = bytes[p] as number
      const found = byteClass[byte] as number
      if (found === kind) p++
      else if (found !== MULTIBYTE || classes[codePoint(bytes, p)] !== kind) return p
      else p += width(byte)
    }
    return p
  }

  /** `\s+(?!\S)|\s+`: the run, without its last character where something else follows, if it has more than one. */
  function spaceEnd(bytes: Uint8Array, start: number, from: number, end: number): number {
    let last = start
    let p = from
    while (p < end) {
      if (classAt(bytes, p) !== SPACE) return last === start ? p : last
      last = p
      p += width(bytes[p] as number)
    }
    return p
  }

  // A contraction is decided two bytes after its apostrophe, which alone would be a piece of one byte.
  return { name: 'gpt2', next, lookAhead: 4 }
}

/** The end of `'s 't 'm 'd 're 've 'll` at `start`, or 0. */
function contractionEnd(bytes: Uint8Array, start: number, end: number): number {
  const a = start + 1 < end ? bytes[start + 1] : 0
  if (a === 0x73 || a === 0x74 || a === 0x6d || a === 0x64) return start + 2
  const b = start + 2 < end ? bytes[start + 2] : 0
  if ((a === 0x72 || a === 0x76) && b === 0x65) return start + 3
  return a === 0x6c && b === 0x6c ? start + 3 : 0
}

function width(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

function codePoint(bytes: Uint8Array, p: number): number {
  const a = bytes[p] as number
  const b = (bytes[p + 1] as number) & 0x3f
  if (a < 0xe0) return ((a & 0x1f) << 6) | b
  const c = (bytes[p + 2] as number) & 0x3f
  if (a < 0xf0) return ((a & 0xf) << 12) | (b << 6) | c
  return ((a & 7) << 18) | (b << 12) | (c << 6) | ((bytes[p + 3] as number) & 0x3f)
}
