import { repairMojibake } from './mojibake.js'
import { asciiPunctuation } from './punctuation.js'

export interface RepairOptions {
  /**
   * `'keep'` (default), or `'ascii'` to write curly quotes, dashes and ellipses with ASCII characters, as GPT-1's
   * preparation did.
   */
  readonly punctuation?: 'keep' | 'ascii'
}

/**
 * Repairs a text without changing what it says: encoding accidents, invisible characters, white space.
 *
 * - UTF-8 read as Windows-1252 is decoded, where that is certain (`repairMojibake`);
 * - line breaks of every kind become `\n`; more than two in a row become two; blanks at line ends, and empty lines at
 *   the start and end of the text, go;
 * - no-break and other odd spaces become plain ones; tabs stay;
 * - control characters, terminal colour codes, zero-width spaces, soft hyphens and byte order marks go; joiners that
 *   scripts and emoji need stay; a lone surrogate becomes U+FFFD;
 * - Unicode normalisation form C.
 *
 * Case, words, punctuation and indentation stay as they are. Repairing twice changes nothing more, and the text never
 * has more lines than before.
 *
 * @throws {TypeError} when `text` is not a string.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { repair } = await import('./repair.js')
 * expect(repair('Itâ€™s\u00a0a test \r\n\r\n\r\n\r\ncafe\u0301\u200b')).toBe('It’s a test\n\ncafé')
 * expect(repair('“Well…” – she said', { punctuation: 'ascii' })).toBe('"Well..." - she said')
 * ```
 */
export function repair(text: string, options: RepairOptions = {}): string {
  if (typeof text !== 'string') {
    throw new TypeError(`repair: expected a string, got ${text === null ? 'null' : typeof text}`)
  }
  // What one pass removes can bring together what the next one repairs; almost always the second changes nothing.
  for (let current = text; ; ) {
    const next = pass(current, options)
    if (next === current) return current
    current = next
  }
}

function pass(text: string, options: RepairOptions): string {
  let result = text.replace(lineBreaks, '\n')
  result = repairMojibake(result)
  result = result.replace(colourCodes, '').replace(removed, '').replace(oddSpaces, ' ')
  result = result.replace(loneSurrogates, '\ufffd').normalize('NFC')
  if (options.punctuation === 'ascii') result = asciiPunctuation(result)
  return tidyLines(result)
}

const lineBreaks = /\r\n?|[\v\f\x85\u2028\u2029]/g

/** Terminal escape sequences such as `ESC[1;31m`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const colourCodes = /\x1b\[[\d;]*[A-Za-z]/g

/** C0 and C1 controls but tab and newline, soft hyphen, zero-width space, word joiner, byte order mark, interlinear marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const removed = /[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u180e\u200b\u2060\ufeff\ufff9-\ufffb]/g

/** With the `u` flag a surrogate matches only outside a pair. */
const loneSurrogates = /[\ud800-\udfff]/gu

const oddSpaces = /[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]/g

/** No blanks at line ends, at most one empty line in a row, none at the start and end. */
function tidyLines(text: string): string {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const end = trimmedEnd(line)
    if (end === 0 && (lines.length === 0 || lines.at(-1) === '')) continue
    lines.push(end === line.length ? line : line.slice(0, end))
  }
  if (lines.at(-1) === '') lines.pop()
  return lines.join('\n')
}

/** Index after the last character that is neither blank nor tab. */
function trimmedEnd(line: string): number {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  return end
}
