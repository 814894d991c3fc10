import { codePoint, width } from './utf8.js'

/** In the table by byte: the class needs the whole code point. */
const MULTIBYTE = 255

/** Questions that a pattern asks of UTF-8 bytes, where every code point has a class. */
export interface ClassScanner {
  /** The class of the character at `p`. */
  readonly classAt: (bytes: Uint8Array, p: number) => number
  /** Where the run of characters of class `kind` ends that `from` stands in: `from` itself if it does not. */
  readonly runEnd: (bytes: Uint8Array, from: number, end: number, kind: number) => number
}

/** @param classes class by code point, below 255. */
export function classScanner(classes: Uint8Array): ClassScanner {
  const byteClass = new Uint8Array(256).fill(MULTIBYTE, 128)
  byteClass.set(classes.subarray(0, 128))

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

  return { classAt, runEnd }
}
