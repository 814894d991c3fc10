import { inlineText } from './inline.js'
import { stripHtml } from './strip-html.js'

export interface MarkdownOptions {
  /** Fenced and indented code blocks. `'keep'` (default) leaves them as they are, fences included. */
  readonly code?: 'keep' | 'drop'
  /** Tables. `'drop'` (default), or `'keep'` for rows as lines with tabs between the cells. */
  readonly tables?: 'keep' | 'drop'
  /** Characters of the document that are read; the rest is ignored. Default 10,000,000. */
  readonly maxLength?: number
}

/**
 * Plain text of a Markdown document, above all of READMEs.
 *
 * Images and badges, link targets, HTML comments and tags, tables, front matter, link definitions, rules and lists of
 * links into the page go. The text of links, headings, quotes, emphasis and inline code stays, without its marks. List
 * items start with `- ` or their number. A line scanner: time is proportional to the length.
 *
 * @throws {TypeError} when `markdown` is not a string.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { markdownToText } = await import('./markdown-to-text.js')
 * const readme = [
 *   '# left-pad [![build](b.svg)](https://ci.example)',
 *   '',
 *   'Pads a **string**, see [the docs](docs.md) for `pad(s, n)`.',
 *   '',
 *   '* fast',
 *   '* small <!-- for now -->',
 * ].join('\n')
 * expect(markdownToText(readme)).toBe('left-pad\n\nPads a string, see the docs for pad(s, n).\n\n- fast\n- small')
 * ```
 */
export function markdownToText(markdown: string, options: MarkdownOptions = {}): string {
  if (typeof markdown !== 'string') {
    throw new TypeError(
      `markdownToText: expected a string, got ${markdown === null ? 'null' : typeof markdown}`,
    )
  }
  const { code = 'keep', tables = 'drop', maxLength = 10_000_000 } = options
  const lines = markdown.slice(0, maxLength).replace(/\r\n?/g, '\n').split('\n')
  const output = new Output()
  const start = skipFrontMatter(lines)
  let prose: string[] = []
  const flush = (): void => {
    if (prose.length > 0)
      writeProse(
        stripHtml(prose.join('\n')).split('\n'),
        output,
        code === 'keep',
        tables === 'keep',
      )
    prose = []
  }
  for (let i = start; i < lines.length; i++) {
    const line = lines[i]!
    const fence = fenceOf(line)
    if (fence === undefined) {
      prose.push(line)
      continue
    }
    flush()
    let end = i + 1
    while (end < lines.length && !closes(lines[end]!, fence)) end++
    if (code === 'keep') output.block(lines.slice(i, end + 1).map((part) => part.trimEnd()))
    i = end
  }
  flush()
  return output.text()
}

/** Lines of the result; blank lines are collapsed. */
class Output {
  readonly #lines: string[] = []

  line(text: string): void {
    this.#lines.push(text)
  }

  blank(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('')
  }

  block(lines: readonly string[]): void {
    this.blank()
    for (const line of lines) this.#lines.push(line)
    this.blank()
  }

  text(): string {
    if (this.#lines.at(-1) === '') this.#lines.pop()
    return this.#lines.join('\n')
  }
}

interface Fence {
  readonly mark: string
  readonly length: number
}

/** The fence a line opens: three or more backticks or tildes, indented like a list item at most. */
function fenceOf(line: string): Fence | undefined {
  const start = line.trimStart().replace(/^>\s?/, '')
  const mark = start[0]
  if (mark !== '`' && mark !== '~') return undefined
  let length = 0
  while (start[length] === mark) length++
  if (length < 3) return undefined
  // ```a``` is inline code.
  return mark === '`' && start.includes('`', length) ? undefined : { mark, length }
}

function closes(line: string, fence: Fence): boolean {
  const content = line.replace(/^[\s>]+/, '').trimEnd()
  return content.length >= fence.length && content === fence.mark.repeat(content.length)
}

/** Index of the first line behind YAML front matter. */
function skipFrontMatter(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== '---') return 0
  const end = lines.indexOf('---', 1)
  return end > 0 && end < 200 && lines.slice(1, end).some((line) => /^[\w-]+:/.test(line))
    ? end + 1
    : 0
}

/** Text outside code fences, line by line. */
function writeProse(
  lines: readonly string[],
  output: Output,
  keepCode: boolean,
  keepTables: boolean,
): void {
  const definitions = new Set<string>()
  for (const line of lines) {
    const label = definitionLabel(line)
    if (label !== undefined) definitions.add(label)
  }
  let paragraph: string[] = []
  let prefix = ''
  /** Whether the text above is a list, whose continuation lines are indented like code. */
  let inList = false
  const flush = (): void => {
    if (paragraph.length > 0) {
      const source = paragraph.join('\n')
      const text = inlineText(source, definitions).trim()
      if (text !== '' && (text === source.trim() || /[\p{L}\p{N}]/u.test(text))) {
        for (const line of `${prefix}${text}`.split('\n')) output.line(line.trimEnd())
      }
    }
    paragraph = []
    prefix = ''
  }
  output.blank()
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.replace(/^\s{0,3}(?:>\s?)+/, '')
    const content = line.trim()
    if (content === '') {
      flush()
      output.blank()
    } else if (isIndentedCode(lines, i) && paragraph.length === 0 && !inList) {
      if (keepCode) output.line(line.trimEnd())
    } else if (definitionLabel(line) !== undefined || /^\[![A-Z]+\]$/.test(content)) flush()
    else if (isTableStart(lines, i)) {
      flush()
      i = writeTable(lines, i, output, definitions, keepTables)
    } else if (isRule(content)) {
      // Under a line of text it makes a heading of it; either way it is not text.
      flush()
      output.blank()
    } else if (/^#{1,6}(?:\s|$)/.test(content)) {
      flush()
      output.blank()
      inList = false
      paragraph.push(content.replace(/^#+/, '').replace(/\s#+$/, ''))
      flush()
      output.blank()
    } else {
      const item = /^(\s*)(?:[-*+]|(\d{1,9}[.)]))\s+/.exec(line)
      if (item !== null) {
        flush()
        inList = true
        const rest = line.slice(item[0].length)
        if (/^\[[^\]]*\]\(#[^)]*\)$/.test(rest.trim())) continue
        prefix = `${item[1]}${item[2] ?? '-'} `
        paragraph.push(rest)
      } else {
        if (paragraph.length === 0 && !/^\s/.test(line)) inList = false
        paragraph.push(inList ? line.trimEnd() : content)
      }
    }
  }
  flush()
  output.blank()
}

/** `[label]: target` on a line of its own; footnotes are text. */
function definitionLabel(line: string): string | undefined {
  const match = /^\s{0,3}\[([^\]^][^\]]*)\]:\s*\S/.exec(line)
  return match?.[1]?.trim().toLowerCase()
}

function isIndentedCode(lines: readonly string[], i: number): boolean {
  return /^(?: {4}|\t)/.test(lines[i]!)
}

/** `---`, `* * *`, `___` and the underline `===`. */
function isRule(content: string): boolean {
  const mark = content[0]!
  if (!'-*_='.includes(mark)) return false
  let count = 0
  for (const character of content) {
    if (character === mark) count++
    else if (character !== ' ') return false
  }
  return count >= 3 || (count === content.length && count >= 2 && mark !== '*')
}

/** A line with a bar, above a line of bars, dashes and colons. */
function isTableStart(lines: readonly string[], i: number): boolean {
  const below = lines[i + 1]
  if (
    below === undefined ||
    !lines[i]!.includes('|') ||
    !below.includes('-') ||
    !below.includes('|')
  )
    return false
  return /^[\s>|:-]+$/.test(below)
}

/** Writes or skips the table that starts at `start`; index of its last line. */
function writeTable(
  lines: readonly string[],
  start: number,
  output: Output,
  definitions: ReadonlySet<string>,
  keep: boolean,
): number {
  let end = start + 1
  while (end + 1 < lines.length && lines[end + 1]!.includes('|')) end++
  if (!keep) return end
  for (let i = start; i <= end; i++) {
    if (i === start + 1) continue
    const row = lines[i]!.trim().replace(/^\|/, '').replace(/\|$/, '')
    const cells = row.split('|').map((cell) => inlineText(cell, definitions).trim())
    if (cells.some((cell) => cell !== '')) output.line(cells.join('\t'))
  }
  return end
}
