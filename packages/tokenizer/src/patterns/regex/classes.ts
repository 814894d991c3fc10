import type { CodePointSet } from './code-point-set.js'
import type { Program } from './program.js'

/** Code points that no set of an expression tells apart, as classes with numbers from 0. */
export interface RegexClasses {
  readonly count: number
  /** Class by code point. */
  readonly table: Uint8Array
  /** Whether a set of the expression holds a class, as 1 or 0 by class. */
  readonly members: (set: CodePointSet) => Uint8Array
}

/** @throws RangeError when there are more than 254 classes */
export function regexClasses(program: Program): RegexClasses {
  const sets = new Set<CodePointSet>()
  collect(program, sets)
  const borders = [...new Set([0, 0x110000, ...[...sets].flat(2)])].sort((a, b) => a - b)
  const index = new Map(borders.map((border, i) => [border, i]))
  const pieces = (set: CodePointSet): [number, number][] =>
    set.map(([first, end]) => [index.get(first) as number, index.get(end) as number])

  // The class of the stretch from each border to the next, refined by one set after another.
  let classes = new Uint32Array(borders.length - 1)
  let count = 1
  for (const set of sets) {
    const inside = new Uint8Array(classes.length)
    for (const [from, to] of pieces(set)) inside.fill(1, from, to)
    const numbers = new Map<number, number>()
    classes = classes.map((old, i) => {
      const key = old * 2 + (inside[i] as number)
      const number = numbers.get(key) ?? numbers.size
      numbers.set(key, number)
      return number
    })
    count = numbers.size
  }
  if (count > 254) {
    throw new RangeError(
      `pattern: expected at most 254 classes of characters that it tells apart, got ${count}`,
    )
  }
  const table = new Uint8Array(0x110000)
  classes.forEach((number, i) => {
    table.fill(number, borders[i], borders[i + 1])
  })

  const members = (set: CodePointSet): Uint8Array => {
    const out = new Uint8Array(count)
    for (const [from, to] of pieces(set)) {
      for (let i = from; i < to; i++) out[classes[i] as number] = 1
    }
    return out
  }
  return { count, table, members }
}

function collect(program: Program, sets: Set<CodePointSet>): void {
  for (const step of program) {
    if (step.op === 'characters') sets.add(step.set)
    else if (step.op === 'edge') sets.add(step.edge.before).add(step.edge.after)
    else if (step.op === 'look') collect(step.program, sets)
  }
}
