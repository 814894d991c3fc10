import type { RegexSyntax } from './syntax.js'

/** Where reading a pattern has come to, and which flags are on. Offsets count UTF-16 units. */
export interface Cursor {
  readonly source: string
  readonly syntax: RegexSyntax
  at: number
  /** `i`: letters in both cases. */
  ignoreCase: boolean
  /** `x`: white space and comments in the pattern do not count. */
  extended: boolean
  /** The dot stands for line breaks too: `m` of Oniguruma, `s` of Rust. */
  dotAll: boolean
  /** `^` and `$` stand at line breaks too: always in Oniguruma, `m` of Rust. */
  multiline: boolean
  depth: number
}

/** Nested deeper than any pattern that someone wrote. */
const MAX_DEPTH = 100

export function openCursor(source: string, syntax: RegexSyntax): Cursor {
  const multiline = syntax === 'oniguruma'
  return {
    source,
    syntax,
    at: 0,
    ignoreCase: false,
    extended: false,
    dotAll: false,
    multiline,
    depth: 0,
  }
}

/** Throws about what stands at `offset`. */
export function failAt(cursor: Cursor, offset: number, problem: string): never {
  const { source } = cursor
  const shown = source.length > 80 ? `${source.slice(0, 80)}...` : source
  throw new RangeError(`pattern: ${problem} at offset ${offset} of ${JSON.stringify(shown)}`)
}

/** Whether the text goes on with `text`; if so it is taken. */
export function take(cursor: Cursor, text: string): boolean {
  if (!cursor.source.startsWith(text, cursor.at)) return false
  cursor.at += text.length
  return true
}

/** Takes what a sticky expression matches here. */
export function takeMatch(cursor: Cursor, sticky: RegExp): RegExpExecArray | null {
  sticky.lastIndex = cursor.at
  const match = sticky.exec(cursor.source)
  if (match !== null) cursor.at += match[0].length
  return match
}

/** Takes one code point. */
export function takePoint(cursor: Cursor): number {
  const point = cursor.source.codePointAt(cursor.at)
  if (point === undefined) return failAt(cursor, cursor.at, 'expected more, got the end')
  cursor.at += point > 0xffff ? 2 : 1
  return point
}

/** Runs `read` one level deeper. */
export function nested<T>(cursor: Cursor, read: () => T): T {
  if (++cursor.depth > MAX_DEPTH) {
    failAt(cursor, cursor.at, `expected groups at most ${MAX_DEPTH} deep, got more`)
  }
  const result = read()
  cursor.depth--
  return result
}
