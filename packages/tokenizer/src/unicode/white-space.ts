import { ranges } from './classes.js'
import { whiteSpace } from './ranges.js'

let spaces: ReadonlySet<number> | undefined

/** Whether a UTF-16 unit is white space: all of White_Space are single units. */
export function isSpace(unit: number): boolean {
  spaces ??= new Set(
    ranges(whiteSpace).flatMap(([first, end]) =>
      Array.from({ length: end - first }, (_, i) => first + i),
    ),
  )
  return spaces.has(unit)
}

/** Where the white space that ends at `end` starts; not before `limit`. */
export function spacesBefore(text: string, end: number, limit: number): number {
  let at = end
  while (at > limit && isSpace(text.charCodeAt(at - 1))) at--
  return at
}

/** Where the white space that starts at `start` ends. */
export function spacesAfter(text: string, start: number): number {
  let at = start
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  return at
}
