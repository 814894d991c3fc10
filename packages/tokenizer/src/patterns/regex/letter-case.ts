import { type CodePointSet, contains, intersect, unite } from './code-point-set.js'
import { property } from './properties.js'

/** Letters beyond ASCII that are ASCII letters of another case: `ſ` is an s, the Kelvin sign a k. */
const beyondAscii: readonly (readonly [point: number, letter: number])[] = [
  [0x17f, 0x73],
  [0x212a, 0x6b],
]
const ASCII_LETTERS: CodePointSet = [
  [0x41, 0x5b],
  [0x61, 0x7b],
]

/**
 * A set with its letters in both cases, as `(?i)` asks for. Undefined when it holds some letters with case beyond those
 * of ASCII, but not all: there is no table for these here.
 */
export function inBothCases(set: CodePointSet): CodePointSet | undefined {
  const cased = property('LC') as CodePointSet
  const found = intersect(set, cased)
  if (size(found) === size(cased)) return set
  const added: [number, number][] = []
  for (const [first, end] of intersect(set, ASCII_LETTERS)) {
    // The two cases are 32 apart.
    added.push([first ^ 0x20, ((end - 1) ^ 0x20) + 1])
  }
  const known = unite([
    ...ASCII_LETTERS,
    ...beyondAscii.map(([point]) => [point, point + 1] as const),
  ])
  if (size(intersect(set, known)) !== size(found)) return undefined
  for (const [point, letter] of beyondAscii) {
    const any = [point, letter, letter ^ 0x20].some((one) => contains(set, one))
    if (any) for (const one of [point, letter, letter ^ 0x20]) added.push([one, one + 1])
  }
  return unite([...set, ...added])
}

function size(set: CodePointSet): number {
  return set.reduce((sum, [first, end]) => sum + end - first, 0)
}
