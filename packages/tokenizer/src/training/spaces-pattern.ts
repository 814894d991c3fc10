import type { Pattern } from '../patterns/pattern.js'

/**
 * SentencePiece's way to cut text for training: before each space, or before each run of spaces. U+2581, which stands for
 * a space in its vocabularies, counts as one.
 */
export function spacesPattern(spaces: 'runs' | 'single'): Pattern {
  return {
    next(bytes, start, end, last) {
      let p = start + spaceWidth(bytes, start)
      if (spaces === 'runs' && p > start) {
        for (let w = spaceWidth(bytes, p); w > 0 && p < end; w = spaceWidth(bytes, p)) p += w
      }
      while (p < end && (spaceWidth(bytes, p) === 0 || p === start)) p++
      return p < end || last ? Math.min(p, end) : -1
    },
  }
}

/** Bytes of the space at `p`; 0 where there is something else. */
function spaceWidth(bytes: Uint8Array, p: number): number {
  const byte = bytes[p]
  if (byte === 0x20) return 1
  return byte === 0xe2 && bytes[p + 1] === 0x96 && bytes[p + 2] === 0x81 ? 3 : 0
}
