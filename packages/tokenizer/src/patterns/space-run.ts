import { SPACE } from '../unicode/classes.js'
import type { ClassScanner } from './class-scanner.js'
import { width } from './utf8.js'

/**
 * The end of the piece that begins with white space at `start`: `\s*[\r\n]+|\s+(?!\S)|\s+`, with `\s+$` before them if
 * `whole`. -1 where what follows `end` decides, which is so for white space up to it: a line break may come.
 */
export function spaceRunEnd(
  { classAt }: ClassScanner,
  bytes: Uint8Array,
  start: number,
  end: number,
  last: boolean,
  whole: boolean,
): number {
  let p = start
  let final = start
  let lineEnd = 0
  while (p < end && classAt(bytes, p) === SPACE) {
    final = p
    const byte = bytes[p] as number
    p += width(byte)
    if (byte === 0x0a || byte === 0x0d) lineEnd = p
  }
  if (p === end && (!last || whole)) return last ? end : -1
  if (lineEnd > 0) return lineEnd
  return p === end || final === start ? p : final
}
