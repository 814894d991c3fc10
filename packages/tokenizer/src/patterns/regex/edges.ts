import { type CodePointSet, complement, EVERYTHING } from './code-point-set.js'
import { wordCharacters } from './parse-escape.js'
import type { Edge, RegexNode, RegexSyntax } from './syntax.js'

const NEVER: CodePointSet = []
const LINE_BREAK: CodePointSet = [[10, 11]]
const anywhere: Edge = {
  type: 'edge',
  before: EVERYTHING,
  start: true,
  after: EVERYTHING,
  end: true,
}

/** `\A` */
export const textStart: Edge = { ...anywhere, before: NEVER }
/** `\z` */
export const textEnd: Edge = { ...anywhere, after: NEVER }
/** `$` at every line. */
export const lineEnd: Edge = { ...anywhere, after: LINE_BREAK }
/** `\R`: the carriage return alone only where no line feed follows, so that nothing has to be given back. */
export const lineBreak: RegexNode = {
  type: 'either',
  choices: [
    {
      type: 'sequence',
      parts: [
        { type: 'characters', set: [[13, 14]] },
        { type: 'characters', set: LINE_BREAK },
      ],
    },
    {
      type: 'sequence',
      parts: [
        { type: 'characters', set: [[13, 14]] },
        { ...anywhere, after: complement(LINE_BREAK) },
      ],
    },
    {
      type: 'characters',
      set: [
        [10, 13],
        [0x85, 0x86],
        [0x2028, 0x202a],
      ],
    },
  ],
}

/** `^` at every line. Oniguruma sees no line behind a line break that ends the text. */
export function lineStart(syntax: RegexSyntax): RegexNode {
  const behindBreak = { ...anywhere, before: LINE_BREAK, start: false, end: syntax === 'rust' }
  return { type: 'either', choices: [textStart, behindBreak] }
}

/** `\Z`: the end, or before the line break that ends the text. */
export function lastLineEnd(offset: number): RegexNode {
  const breakAtEnd: RegexNode = {
    type: 'sequence',
    parts: [{ type: 'characters', set: LINE_BREAK }, textEnd],
  }
  const behind: RegexNode = { type: 'look', body: breakAtEnd, negative: false, offset }
  return { type: 'either', choices: [textEnd, behind] }
}

/** `\b`, or `\B` where `is` is false. */
export function wordEdge(is: boolean, syntax: RegexSyntax): RegexNode {
  const word = wordCharacters(syntax, true)
  const other = complement(word)
  const inside: Edge = { ...anywhere, before: word, start: false, after: word, end: false }
  const outside: Edge = { ...anywhere, before: other, after: other }
  return {
    type: 'either',
    choices: is
      ? [
          { ...inside, after: other, end: true },
          { ...inside, before: other, start: true },
        ]
      : [inside, outside],
  }
}

/** `(?=...)`, `(?!...)`: one character ahead is a condition like any other. */
export function lookAhead(body: RegexNode, negative: boolean, offset: number): RegexNode {
  const set = oneCharacter(body)
  if (set === undefined) return { type: 'look', body, negative, offset }
  return { ...anywhere, after: negative ? complement(set) : set, end: negative }
}

/** `(?<=...)`, `(?<!...)` of one character; undefined for others. */
export function lookBehind(body: RegexNode, negative: boolean): RegexNode | undefined {
  const set = oneCharacter(body)
  if (set === undefined) return undefined
  return { ...anywhere, before: negative ? complement(set) : set, start: negative }
}

function oneCharacter(body: RegexNode): CodePointSet | undefined {
  return body.type === 'characters' ? body.set : undefined
}
