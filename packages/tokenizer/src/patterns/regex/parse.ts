import { EVERYTHING } from './code-point-set.js'
import { type Cursor, failAt, nested, openCursor, take, takeMatch } from './cursor.js'
import * as edges from './edges.js'
import { dot, fold, parseClass } from './parse-class.js'
import { parseCharacterEscape } from './parse-escape.js'
import type { RegexNode, RegexSyntax } from './syntax.js'

/** Longer than any pattern known: the longest published have about 500 characters. */
const MAX_LENGTH = 10_000
/** The most repetitions that `{n,m}` may ask for. */
const MAX_REPEAT = 1000

/**
 * Reads a regular expression as Oniguruma (in a tokenizer.json) or Rust's fancy-regex (in tiktoken) has it.
 *
 * @throws RangeError that names what is wrong, or not supported, and its offset
 */
export function parseRegex(source: string, syntax: RegexSyntax): RegexNode {
  if (source.length > MAX_LENGTH) {
    throw new RangeError(`pattern: expected at most ${MAX_LENGTH} characters, got ${source.length}`)
  }
  const cursor = openCursor(source, syntax)
  const node = parseChoices(cursor)
  if (cursor.at < source.length) failAt(cursor, cursor.at, 'expected a ( for the )')
  return node
}

/** Reads up to the `)` that closes the group, or the end. Flags that are set inside end with it. */
function parseChoices(cursor: Cursor): RegexNode {
  const { ignoreCase, extended, dotAll, multiline } = cursor
  const node = nested(cursor, () => {
    parseLeadingFlags(cursor)
    const choices = [parseSequence(cursor)]
    while (take(cursor, '|')) choices.push(parseSequence(cursor))
    return choices.length === 1 ? (choices[0] as RegexNode) : { type: 'either' as const, choices }
  })
  Object.assign(cursor, { ignoreCase, extended, dotAll, multiline })
  return node
}

/** `(?i)` at the very start. Further on, the engines disagree about how far it reaches past a `|`. */
function parseLeadingFlags(cursor: Cursor): void {
  for (;;) {
    const offset = cursor.at
    const match = takeMatch(cursor, /\(\?([a-z]*(?:-[a-z]+)?)\)/y)
    if (match === null) return
    setFlags(cursor, match[1] as string, offset)
  }
}

function setFlags(cursor: Cursor, flags: string, offset: number): void {
  let on = true
  for (const flag of flags) {
    const rust = cursor.syntax === 'rust'
    if (flag === '-') on = false
    else if (flag === 'i') cursor.ignoreCase = on
    else if (flag === 'x') cursor.extended = on
    else if (flag === (rust ? 's' : 'm')) cursor.dotAll = on
    else if (flag === 'm' && rust) cursor.multiline = on
    else failAt(cursor, offset, `the flag ${flag} is not supported:`)
  }
}

function parseSequence(cursor: Cursor): RegexNode {
  const parts: RegexNode[] = []
  for (;;) {
    skipComments(cursor)
    const next = cursor.source[cursor.at]
    if (next === undefined || next === '|' || next === ')') break
    parts.push(parseRepeated(cursor))
  }
  return parts.length === 1 ? (parts[0] as RegexNode) : { type: 'sequence', parts }
}

/** `(?#...)`, and with the flag `x` white space and all from `#` to the end of the line. */
function skipComments(cursor: Cursor): void {
  while (
    takeMatch(cursor, /\(\?#[^)]*\)/y) !== null ||
    (cursor.extended && takeMatch(cursor, /\s+|#[^\n]*/y) !== null)
  );
}

function parseRepeated(cursor: Cursor): RegexNode {
  const offset = cursor.at
  let node = parseAtom(cursor)
  for (;;) {
    skipComments(cursor)
    const braces = takeMatch(cursor, /\{([0-9]{1,9})?(?:(,)([0-9]{1,9})?)?\}/y)
    const sign = braces === null ? takeMatch(cursor, /[*+?]/y)?.[0] : undefined
    if (braces === null && sign === undefined) return node
    let min = sign === '+' ? 1 : 0
    let max = sign === '?' ? 1 : Number.POSITIVE_INFINITY
    if (braces !== null) {
      const [text, least, comma, most] = braces
      if (least === undefined && (most === undefined || cursor.syntax === 'rust')) {
        failAt(cursor, offset, `expected numbers in ${text}; write \\{ for a brace,`)
      }
      min = Number(least ?? 0)
      max = comma === undefined ? min : most === undefined ? max : Number(most)
      if (max < min || min > MAX_REPEAT || (max !== Number.POSITIVE_INFINITY && max > MAX_REPEAT)) {
        failAt(
          cursor,
          offset,
          `expected a repetition up to ${MAX_REPEAT}, from fewer to more, got ${text}`,
        )
      }
    }
    // After braces Oniguruma takes + as a repetition of its own, and ? so where the braces hold one number.
    const own = braces !== null && cursor.syntax === 'oniguruma'
    const lazy = !(own && braces?.[2] === undefined) && take(cursor, '?')
    const body = node
    node = { type: 'repeat', body, min, max, lazy }
    if (!lazy && !own && take(cursor, '+')) node = { type: 'atomic', body: node, offset }
  }
}

function parseAtom(cursor: Cursor): RegexNode {
  const { source, at: offset, syntax } = cursor
  const letter = String.fromCodePoint(source.codePointAt(offset) as number)
  cursor.at += letter.length
  switch (letter) {
    case '[':
      return { type: 'characters', set: parseClass(cursor, offset) }
    case '(':
      return parseGroup(cursor, offset)
    case '.':
      return { type: 'characters', set: dot(cursor.dotAll) }
    case '^':
      return cursor.multiline ? edges.lineStart(syntax) : edges.textStart
    case '$':
      return cursor.multiline ? edges.lineEnd : edges.textEnd
    case '\\':
      return parseEscape(cursor, offset)
    case '*':
    case '+':
    case '?':
      return failAt(cursor, offset, `expected something that ${letter} repeats`)
    default: {
      const point = letter.codePointAt(0) as number
      return { type: 'characters', set: fold(cursor, offset, [[point, point + 1]]) }
    }
  }
}

function parseEscape(cursor: Cursor, offset: number): RegexNode {
  if (take(cursor, 'A')) return edges.textStart
  if (take(cursor, 'z')) return edges.textEnd
  if (take(cursor, 'Z')) return edges.lastLineEnd(offset)
  if (take(cursor, 'b')) return edges.wordEdge(true, cursor.syntax)
  if (take(cursor, 'B')) return edges.wordEdge(false, cursor.syntax)
  if (take(cursor, 'R')) return edges.lineBreak
  if (take(cursor, 'N')) return { type: 'characters', set: dot(false) }
  if (take(cursor, 'O')) return { type: 'characters', set: EVERYTHING }
  return {
    type: 'characters',
    set: fold(cursor, offset, parseCharacterEscape(cursor, offset, true)),
  }
}

/** Reads a group from behind its parenthesis, which stands at `offset`. */
function parseGroup(cursor: Cursor, offset: number): RegexNode {
  const body = (): RegexNode => {
    const node = parseChoices(cursor)
    if (!take(cursor, ')')) failAt(cursor, offset, 'expected a ) for the (')
    return node
  }
  if (!take(cursor, '?')) return body()
  if (take(cursor, ':')) return body()
  if (take(cursor, '>')) return { type: 'atomic', body: body(), offset }
  const look = takeMatch(cursor, /(<?)([=!])/y)
  if (look !== null) {
    const ahead = look[1] === ''
    const negative = look[2] === '!'
    const inside = body()
    if (ahead) return edges.lookAhead(inside, negative, offset)
    return (
      edges.lookBehind(inside, negative) ??
      failAt(cursor, offset, 'look-behind beyond one character is not supported:')
    )
  }
  if (takeMatch(cursor, /P?<[\p{L}_][\p{L}\p{N}_]*>|'[\p{L}_][\p{L}\p{N}_]*'/uy) !== null)
    return body()
  const flags = takeMatch(cursor, /([a-z]*(?:-[a-z]+)?)([:)])/y)
  if (flags === null) return failAt(cursor, offset, 'this kind of group is not supported:')
  if (flags[2] === ')') {
    return failAt(
      cursor,
      offset,
      `flags for the rest of a group are not supported, write (?${flags[1]}:...):`,
    )
  }
  const { ignoreCase, extended, dotAll, multiline } = cursor
  setFlags(cursor, flags[1] as string, offset)
  const node = body()
  Object.assign(cursor, { ignoreCase, extended, dotAll, multiline })
  return node
}
