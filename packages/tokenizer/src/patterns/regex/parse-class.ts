import { type CodePointSet, complement, EVERYTHING, intersect, unite } from './code-point-set.js'
import { type Cursor, failAt, nested, take, takeMatch, takePoint } from './cursor.js'
import { inBothCases } from './letter-case.js'
import { parseCharacterEscape } from './parse-escape.js'
import { property } from './properties.js'

/** Reads a class such as `[^a-z\p{L}[:digit:]&&[^x]]`, from behind its first bracket, which stands at `offset`. */
export function parseClass(cursor: Cursor, offset: number): CodePointSet {
  return nested(cursor, () => {
    const negative = take(cursor, '^')
    let set = parseUnion(cursor, offset, true)
    while (take(cursor, '&&')) set = intersect(set, parseUnion(cursor, offset, false))
    if (!take(cursor, ']')) failAt(cursor, offset, 'expected a ] for the [')
    return negative ? complement(set) : set
  })
}

/** Reads members up to `]` or `&&`. */
function parseUnion(cursor: Cursor, offset: number, first: boolean): CodePointSet {
  const members: (readonly [number, number])[] = []
  let literal = first
  for (;;) {
    const { at, source } = cursor
    if (at >= source.length) failAt(cursor, offset, 'expected a ] for the [')
    // The bracket that comes first is a character.
    if ((source[at] === ']' && !literal) || source.startsWith('&&', at)) break
    literal = false
    if (source[at] === '[') {
      members.push(...(parsePosix(cursor) ?? parseNested(cursor)))
      continue
    }
    members.push(...parseMember(cursor))
  }
  return fold(cursor, offset, unite(members))
}

function parseNested(cursor: Cursor): CodePointSet {
  const offset = cursor.at
  cursor.at++
  return parseClass(cursor, offset)
}

/** `[:alpha:]`, `[:^space:]`. */
function parsePosix(cursor: Cursor): CodePointSet | undefined {
  const offset = cursor.at
  const match = takeMatch(cursor, /\[:(\^?)([a-z]{1,20}):\]/y)
  if (match === null) return undefined
  const name = match[2] as string
  const known =
    /^(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)$/
  if (!known.test(name)) failAt(cursor, offset, `the class [:${name}:] is not known:`)
  const symbols = name === 'punct' ? (property('S') ?? []) : []
  const all = unite([...(property(name) ?? []), ...symbols])
  if (cursor.syntax === 'rust') {
    // Of ASCII only there, which nobody who writes it for both engines can mean.
    const ascii = intersect(all, [[0, 0x80]])
    return match[1] === '^' ? complement(ascii) : ascii
  }
  return match[1] === '^' ? complement(all) : all
}

/** A character, an escape, or a range of characters. */
function parseMember(cursor: Cursor): CodePointSet {
  const offset = cursor.at
  const low = parseAtom(cursor)
  const point = onlyPoint(low)
  const { source, at } = cursor
  const range = source[at] === '-' && source[at + 1] !== ']' && at + 1 < source.length
  if (!range || source.startsWith('-[', at) || source.startsWith('-&&', at)) return low
  if (point === undefined)
    return failAt(cursor, offset, 'expected a range from one character to another')
  cursor.at++
  const high = onlyPoint(parseAtom(cursor))
  if (high === undefined || high < point) {
    return failAt(cursor, offset, 'expected a range from one character to a higher one')
  }
  return [[point, high + 1]]
}

function parseAtom(cursor: Cursor): CodePointSet {
  const offset = cursor.at
  if (take(cursor, '\\')) {
    if (take(cursor, 'b')) return [[8, 9]]
    return parseCharacterEscape(cursor, offset, false)
  }
  const point = takePoint(cursor)
  return [[point, point + 1]]
}

function onlyPoint(set: CodePointSet): number | undefined {
  const [range, more] = set
  return range !== undefined && more === undefined && range[1] === range[0] + 1
    ? range[0]
    : undefined
}

/** The set in both cases where the flag `i` is on. */
export function fold(cursor: Cursor, offset: number, set: CodePointSet): CodePointSet {
  if (!cursor.ignoreCase) return set
  return (
    inBothCases(set) ??
    failAt(cursor, offset, '(?i) with letters beyond ASCII is not supported: write both cases')
  )
}

/** What the dot stands for. */
export function dot(dotAll: boolean): CodePointSet {
  return dotAll ? EVERYTHING : complement([[10, 11]])
}
