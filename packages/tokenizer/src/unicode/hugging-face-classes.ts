import { ranges } from './classes.js'
import {
  control,
  lowercase,
  mark,
  nonspacingMark,
  number,
  punctuation,
  unassigned,
  word,
} from './hugging-face-ranges.js'
import { whiteSpace } from './ranges.js'

// What the parts of a pipeline ask about a code point, one bit each.
export const PUNCTUATION = 1
/** Control, format and private use, with tab and line ends. */
export const CONTROL = 2
export const NONSPACING_MARK = 4
export const MARK = 8
/** `\w` of regular expressions. */
export const WORD = 16
export const NUMBER = 32
export const WHITE_SPACE = 64
/** Unknown to the version of Unicode that normalization follows. */
export const UNASSIGNED = 128

let classes: Uint8Array | undefined
let lower: ReadonlyMap<number, number> | undefined

/**
 * The bits of every code point, in the Unicode versions that the parts of tokenizers 0.23 have. Built on first use:
 * 1.1 MB, indexed by code point.
 */
export function hfClasses(): Uint8Array {
  if (classes !== undefined) return classes
  const table = new Uint8Array(0x110000)
  const fill = (runs: string, bit: number): void => {
    for (const [first, end] of ranges(runs)) {
      for (let point = first; point < end; point++) table[point] = (table[point] as number) | bit
    }
  }
  fill(punctuation, PUNCTUATION)
  for (const sign of '$+<=>^`|~') fill(`${sign.charCodeAt(0).toString(36)} 1`, PUNCTUATION)
  fill(control, CONTROL)
  fill(nonspacingMark, NONSPACING_MARK)
  fill(mark, MARK)
  fill(word, WORD)
  fill(number, NUMBER)
  fill(whiteSpace, WHITE_SPACE)
  fill(unassigned, UNASSIGNED)
  classes = table
  return table
}

/** The lower case of code points that have one, by the simple mapping of the pinned version. */
export function lowerCase(): ReadonlyMap<number, number> {
  if (lower !== undefined) return lower
  const map = new Map<number, number>()
  const numbers = lowercase.split(' ').map((text) => Number.parseInt(text, 36))
  let at = 0
  for (let i = 0; i < numbers.length; i += 4) {
    const [skip = 0, count = 0, step = 1, delta = 0] = numbers.slice(i, i + 4)
    const first = at + skip
    for (let k = 0; k < count; k++) map.set(first + k * step, first + k * step + delta)
    at = first + (count - 1) * step + 1
  }
  lower = map
  return map
}
