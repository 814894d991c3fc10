import { type CodePointSet, complement, unite } from './code-point-set.js'
import { type Cursor, failAt, takeMatch, takePoint } from './cursor.js'
import { property } from './properties.js'
import type { RegexSyntax } from './syntax.js'

/** Control characters by the letter of their escape. */
const controls: Readonly<Record<string, number>> = {
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  a: 7,
  e: 27,
  '0': 0,
}

/** Properties behind the letters of escapes; a capital letter is what the small one is not. */
const classes: Readonly<Record<string, string>> = {
  d: 'Nd',
  w: 'word',
  s: 'White_Space',
  h: 'xdigit',
}

/**
 * Reads the rest of an escape that stands for a set of characters, in a class or `alone`. The backslash, at `offset`, has been
 * taken.
 */
export function parseCharacterEscape(cursor: Cursor, offset: number, alone: boolean): CodePointSet {
  const point = takePoint(cursor)
  const letter = String.fromCodePoint(point)
  if (letter === 'x' || letter === 'u' || letter === 'U')
    return [single(parseHex(cursor, letter, offset))]
  if (letter === 'p' || letter === 'P') return parseProperty(cursor, letter === 'P', offset)
  if (Object.hasOwn(controls, letter)) {
    if (letter === '0' && takeMatch(cursor, /[0-9]/y) !== null) {
      failAt(cursor, offset, 'octal numbers are not supported: write \\x{...},')
    }
    return [single(controls[letter] as number)]
  }
  const small = letter.toLowerCase()
  if (Object.hasOwn(classes, small)) {
    const set =
      small === 'w'
        ? wordCharacters(cursor.syntax, alone)
        : (property(classes[small] as string) as CodePointSet)
    return small === letter ? set : complement(set)
  }
  if (/[1-9k]/.test(letter)) failAt(cursor, offset, 'back-references are not supported:')
  if (/[A-Za-z]/.test(letter)) failAt(cursor, offset, `\\${letter} is not supported:`)
  return [single(point)]
}

/**
 * What `\w` and `\b` take for part of a word. Rust adds the two joiners; Oniguruma, outside a class, the digits and fractions
 * of Latin-1.
 */
export function wordCharacters(syntax: RegexSyntax, alone: boolean): CodePointSet {
  const word = property('word') as CodePointSet
  if (syntax === 'rust') return unite([...word, [0x200c, 0x200e]])
  return alone ? unite([...word, [0xb2, 0xb4], [0xb9, 0xba], [0xbc, 0xbf]]) : word
}

/** `\x41`, `\x{1F600}`, `\u0041`. */
function parseHex(cursor: Cursor, letter: string, offset: number): number {
  const digits = { x: 2, u: 4, U: 8 }[letter]
  const match = takeMatch(
    cursor,
    new RegExp(`\\{([0-9A-Fa-f]{1,8})\\}|([0-9A-Fa-f]{${digits}})`, 'y'),
  )
  if (match === null)
    return failAt(cursor, offset, `expected ${digits} hexadecimal digits after \\${letter}`)
  const point = Number.parseInt((match[1] ?? match[2]) as string, 16)
  if (point > 0x10ffff) failAt(cursor, offset, 'expected a code point up to 10FFFF')
  return point
}

/** `\p{L}`, `\p{^L}`, `\P{L}`, `\p{Script=Han}`, `\pL`. */
function parseProperty(cursor: Cursor, negative: boolean, offset: number): CodePointSet {
  const match = takeMatch(cursor, /\{(\^?)([^{}]{1,60})\}|([A-Za-z])/y)
  if (match === null) return failAt(cursor, offset, 'expected a property in braces after \\p')
  const name = (match[2] ?? match[3]) as string
  const set = property(name.replace(/^\s*(script|sc|general_category|gc)\s*=/i, ''))
  if (set === undefined)
    return failAt(cursor, offset, `the property ${JSON.stringify(name)} is not known:`)
  return negative !== (match[1] === '^') ? complement(set) : set
}

function single(point: number): [number, number] {
  return [point, point + 1]
}
