import { letters, numbers, whiteSpace } from './ranges.js'

/** What a pattern asks about a code point: `\p{L}`, `\p{N}`, White_Space, or none of them. */
export const OTHER = 0
export const LETTER = 1
export const NUMBER = 2
export const SPACE = 3

let table: Uint8Array | undefined

/**
 * The class of every code point, from the pinned Unicode tables and not from the engine's, which change with
 * its version. Built on first use: 1.1 MB, indexed by code point.
 */
export function codePointClasses(): Uint8Array {
  if (table === undefined) {
    table = new Uint8Array(0x110000)
    for (const [first, end] of ranges(letters)) table.fill(LETTER, first, end)
    for (const [first, end] of ranges(numbers)) table.fill(NUMBER, first, end)
    for (const [first, end] of ranges(whiteSpace)) table.fill(SPACE, first, end)
  }
  return table
}

/** The half-open ranges that one string of `ranges.ts` lists. */
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
