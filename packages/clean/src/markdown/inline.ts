import { decodeHTML } from 'entities'

/**
 * Text of a Markdown paragraph without its marks: images gone, links by their text, emphasis and inline code bare,
 * escapes and character references resolved.
 *
 * `definitions` holds the lower-case labels for which `[label]` alone is a link. Brackets are matched in one pass with a
 * stack, so nesting costs nothing.
 */
export function inlineText(source: string, definitions: ReadonlySet<string>): string {
  if (!/[`*_~[\]!\\&]/.test(source)) return source
  const code = codeSpans(source)
  const closing = matchBrackets(source, code)
  const marks = emphasisMarks(source, code)
  /** Where to go on when a link's closing bracket is reached. */
  const jumps = new Map<number, number>()
  let plain = ''
  let result = ''
  const flush = (): void => {
    result += plain.includes('&') ? decodeHTML(plain) : plain
    plain = ''
  }
  for (let i = 0; i < source.length; ) {
    const span = code.get(i)
    if (span !== undefined) {
      flush()
      result += span.text
      i = span.end
      continue
    }
    const jump = jumps.get(i)
    if (jump !== undefined) {
      i = jump
      continue
    }
    const mark = marks.get(i)
    if (mark !== undefined) {
      i += mark
      continue
    }
    const character = source[i]!
    if (character === '\\' && isEscapable(source[i + 1])) {
      flush()
      result += source[i + 1] === '\n' ? '\n' : source[i + 1]
      i += 2
      continue
    }
    const image = character === '!' && source[i + 1] === '['
    const close = closing.get(image ? i + 1 : i)
    if ((image || character === '[') && close !== undefined) {
      const end = linkEnd(source, image ? i + 1 : i, close, closing, definitions)
      if (image && end !== undefined) {
        i = end
        continue
      }
      if (end !== undefined) {
        jumps.set(close, end)
        i++
        continue
      }
    }
    plain += character
    i++
  }
  flush()
  return result
}

/** Index behind a link whose text is `[open..close]`, or undefined when it is none. */
function linkEnd(
  source: string,
  open: number,
  close: number,
  closing: ReadonlyMap<number, number>,
  definitions: ReadonlySet<string>,
): number | undefined {
  const next = source[close + 1]
  if (next === '(' || next === '[') {
    const end = closing.get(close + 1)
    if (end !== undefined) return end + 1
  }
  if (next === ':') return undefined
  const label =
    close - open > 200
      ? ''
      : source
          .slice(open + 1, close)
          .trim()
          .toLowerCase()
  return definitions.has(label) ? close + 1 : undefined
}

interface CodeSpan {
  readonly text: string
  readonly end: number
}

/** Inline code by its start: a run of backticks up to the next run of the same length. */
function codeSpans(source: string): Map<number, CodeSpan> {
  const spans = new Map<number, CodeSpan>()
  const runs = Array.from(source.matchAll(/`+/g), (match) => ({
    at: match.index,
    length: match[0].length,
  }))
  // For each run, the next one of the same length.
  const next: (number | undefined)[] = new Array(runs.length)
  const last = new Map<number, number>()
  for (let k = runs.length - 1; k >= 0; k--) {
    next[k] = last.get(runs[k]!.length)
    last.set(runs[k]!.length, k)
  }
  for (let k = 0; k < runs.length; k++) {
    const partner = next[k]
    if (partner === undefined) continue
    const { at, length } = runs[k]!
    if (length === 1 && source[at - 1] === '\\') continue
    const end = runs[partner]!.at
    let text = source.slice(at + length, end)
    if (text.startsWith(' ') && text.endsWith(' ') && text.trim() !== '') text = text.slice(1, -1)
    spans.set(at, { text, end: end + length })
    k = partner
  }
  return spans
}

/** For each opening square or round bracket, its closing one; brackets in code and escaped ones do not count. */
function matchBrackets(source: string, code: ReadonlyMap<number, CodeSpan>): Map<number, number> {
  const closing = new Map<number, number>()
  const square: number[] = []
  const round: number[] = []
  for (let i = 0; i < source.length; i++) {
    const span = code.get(i)
    if (span !== undefined) {
      i = span.end - 1
      continue
    }
    const character = source[i]
    if (character === '\\') i++
    else if (character === '[') square.push(i)
    else if (character === '(') round.push(i)
    else if (character === ']' || character === ')') {
      const open = (character === ']' ? square : round).pop()
      if (open !== undefined) closing.set(open, i)
    }
  }
  return closing
}

/** Runs of `*`, `_` and `~~` that mark emphasis, by start, with their length. Both ends of each pair, nothing unpaired. */
function emphasisMarks(source: string, code: ReadonlyMap<number, CodeSpan>): Map<number, number> {
  const marks = new Map<number, number>()
  const openers = new Map<string, number[]>()
  for (let i = 0; i < source.length; i++) {
    const span = code.get(i)
    if (span !== undefined) {
      i = span.end - 1
      continue
    }
    const character = source[i]!
    if (character === '\\') {
      i++
      continue
    }
    if (character !== '*' && character !== '_' && character !== '~') continue
    let end = i + 1
    while (source[end] === character) end++
    const length = end - i
    const run = source.slice(i, Math.min(end, i + 4))
    const before = source[i - 1] ?? ' '
    const after = source[end] ?? ' '
    const valid = character === '~' ? length === 2 : length <= 3
    if (valid) {
      const waiting = openers.get(run)
      if (isEdge(after) && !isSpace(before) && waiting !== undefined && waiting.length > 0) {
        marks.set(waiting.pop()!, length)
        marks.set(i, length)
      } else if (isEdge(before) && !isSpace(after)) {
        if (waiting === undefined) openers.set(run, [i])
        else waiting.push(i)
      }
    }
    i = end - 1
  }
  return marks
}

function isSpace(character: string): boolean {
  return character.trim() === ''
}

/** White space or punctuation: emphasis starts and ends there, not inside words. */
function isEdge(character: string): boolean {
  return !/[\p{L}\p{N}]/u.test(character)
}

function isEscapable(character: string | undefined): boolean {
  return character !== undefined && /[!-/:-@[-`{-~\n]/.test(character)
}
