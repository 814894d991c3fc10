import { categoryRanges } from './classes.js'

/** Letters in circles and squares, which are symbols that count as alphabetic. */
const circled = [
  [0x24b6, 0x24ea],
  [0x1f130, 0x1f14a],
  [0x1f150, 0x1f16a],
  [0x1f170, 0x1f18a],
] as const
/** Zero-width joiner and non-joiner. */
const joiners = [0x200c, 0x200e] as const

let table: Uint8Array | undefined

/**
 * Whether a code point belongs to a word, as `\w` of Unicode's regular expressions (UTS 18, annex C): alphabetic, marks,
 * decimal digits, connectors, joiners, by the pinned tables. Built on first use: 1.1 MB.
 */
export function isWord(point: number): boolean {
  if (table === undefined) {
    table = new Uint8Array(0x110000)
    for (const [first, end, category] of categoryRanges()) {
      if (/^(L.|M.|Nd|Nl|Pc)$/.test(category)) table.fill(1, first, end)
    }
    for (const [first, end] of [...circled, joiners]) table.fill(1, first, end)
  }
  return table[point] === 1
}

/** Whether a character of a word comes last before `end`. */
export function wordEndsAt(text: string, end: number): boolean {
  if (end === 0) return false
  const low = text.charCodeAt(end - 1)
  const pair = end > 1 && low >= 0xdc00 && low < 0xe000
  return isWord(text.codePointAt(pair ? end - 2 : end - 1) ?? 0)
}

/** Whether a character of a word comes first at `start`. */
export function wordStartsAt(text: string, start: number): boolean {
  return isWord(text.codePointAt(start) ?? 0)
}
