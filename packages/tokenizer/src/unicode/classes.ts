import { categories, whiteSpace } from './ranges.js'

/** What a pattern asks about a code point: `\p{L}`, `\p{N}`, White_Space, or none of them. */
export const OTHER = 0
export const LETTER = 1
export const NUMBER = 2
export const SPACE = 3

/** The general categories in the order of the letters A, B ... that `ranges.ts` has for them. */
const names = [
  ...['Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'Mn', 'Mc', 'Me', 'Nd', 'Nl', 'No', 'Pc', 'Pd', 'Ps', 'Pe'],
  ...['Pi', 'Pf', 'Po', 'Sm', 'Sc', 'Sk', 'So', 'Zs', 'Zl', 'Zp', 'Cc', 'Cf', 'Cs', 'Co', 'Cn'],
]

let table: Uint8Array | undefined

/**
 * The class of every code point, from the pinned Unicode tables and not from the engine's, which change with
 * its version. Built on first use: 1.1 MB, indexed by code point.
 */
export function codePointClasses(): Uint8Array {
  table ??= classTable(letterOrNumber)
  return table
}

/** The class of a general category. */
export function letterOrNumber(category: string): number {
  return category.startsWith('L') ? LETTER : category.startsWith('N') ? NUMBER : OTHER
}

/** What `classOf` says of each general category, at the code of the letter that `categories` has for it. */
export function classByLetter(classOf: (category: string) => number): Uint8Array {
  const out = new Uint8Array(0x61)
  names.forEach((name, i) => {
    out[0x41 + (i < 27 ? i : i + 1)] = classOf(name)
  })
  return out
}

/** A number for every code point: what `classOf` says of its general category, such as `Lu`, but SPACE for white space. */
export function classTable(classOf: (category: string) => number): Uint8Array {
  const out = new Uint8Array(0x110000)
  for (const [first, end, category] of categoryRanges()) out.fill(classOf(category), first, end)
  for (const [first, end] of ranges(whiteSpace)) out.fill(SPACE, first, end)
  return out
}

/** All code points in order, as half-open ranges of one general category each. */
export function categoryRanges(): [first: number, end: number, category: string][] {
  const out: [number, number, string][] = []
  let at = 0
  let start = 0
  for (let i = 0; i < categories.length; i++) {
    const code = categories.charCodeAt(i)
    if (code < 0x41 || code > 0x60) continue
    const end = at + (i === start ? 1 : Number.parseInt(categories.slice(start, i), 36))
    // The letters go on after Z, without the backslash.
    out.push([at, end, names[code - 0x41 - (code > 0x5b ? 1 : 0)] as string])
    at = end
    start = i + 1
  }
  return out
}

/** The half-open ranges that a list of code points to skip and to take in turn stands for. */
export function ranges(runs: string): [first: number, end: number][] {
  const numbers = runs.split(' ')
  const out: [number, number][] = []
  let at = 0
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const first = at + Number.parseInt(numbers[i] as string, 36)
    at = first + Number.parseInt(numbers[i + 1] as string, 36)
    out.push([first, at])
  }
  return out
}
