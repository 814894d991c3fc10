import type { Verdict } from '@llm/data'
import { codePoints } from './code-points.js'
import { ngramRepetition } from './ngram-repetition.js'
import { atMost, type Rule } from './rule.js'
import { splitWords, type WordSplitter } from './words.js'

/** Limits of Gopher's repetition rule; all are shares between 0 and 1, and inclusive. */
export interface GopherRepetitionOptions {
  /** Share of paragraphs that repeat an earlier one. Default 0.3. */
  readonly maxDuplicateParagraphs?: number
  /** Share of characters in such paragraphs. Default 0.2. */
  readonly maxDuplicateParagraphCharacters?: number
  /** Share of lines that repeat an earlier one. Default 0.3. */
  readonly maxDuplicateLines?: number
  /** Share of characters in such lines. Default 0.2. */
  readonly maxDuplicateLineCharacters?: number
  /** Share of characters covered by the most frequent n-gram of words. Default { 2: 0.2, 3: 0.18, 4: 0.16 }. */
  readonly maxTopNgram?: Readonly<Record<number, number>>
  /** Share of characters in repeated n-grams. Default { 5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.1 }. */
  readonly maxDuplicateNgrams?: Readonly<Record<number, number>>
  /** Default `splitWords`: white space. datatrove splits with spaCy. */
  readonly words?: WordSplitter
}

/**
 * Gopher's repetition rule: repeated paragraphs, lines and word n-grams.
 *
 * The verdict of a dropped document names the first condition that failed, such as `gopherRepetition/lines`.
 * An empty text fails as `gopherRepetition/empty`.
 *
 * Rae et al. 2021, arXiv:2112.11446, table A1; limits, order and details as in datatrove 0.10.1: every share is over
 * all characters (code points) of the text, white space included, the top n-gram counts even when it occurs once, and
 * repeated n-grams are counted without the spaces between their words.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { gopherRepetition } = await import('./gopher-repetition.js')
 * const verdict = gopherRepetition()({ id: 'a', text: 'Read more\nRead more\nRead more\nThe end' })
 * expect(verdict.rule).toBe('gopherRepetition/lines')
 * expect(verdict.value).toBe(0.5)
 * ```
 */
export function gopherRepetition(options: GopherRepetitionOptions = {}): Rule {
  const { words = splitWords } = options
  const { maxDuplicateParagraphs = 0.3, maxDuplicateParagraphCharacters = 0.2 } = options
  const { maxDuplicateLines = 0.3, maxDuplicateLineCharacters = 0.2 } = options
  const top = limits(options.maxTopNgram ?? { 2: 0.2, 3: 0.18, 4: 0.16 })
  const repeated = limits(
    options.maxDuplicateNgrams ?? { 5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.1 },
  )

  function* verdicts(text: string): Generator<Verdict> {
    const size = codePoints(text)
    const paragraphs = duplicates(trimLikePython(text).split(/\n{2,}/))
    yield atMost(
      name('paragraphs'),
      paragraphs.share,
      maxDuplicateParagraphs,
      'of the paragraphs repeat an earlier one',
    )
    yield atMost(
      name('paragraphCharacters'),
      paragraphs.characters / size,
      maxDuplicateParagraphCharacters,
      'of the characters are in repeated paragraphs',
    )
    const lines = duplicates(text.split(/\n+/))
    yield atMost(
      name('lines'),
      lines.share,
      maxDuplicateLines,
      'of the lines repeat an earlier one',
    )
    yield atMost(
      name('lineCharacters'),
      lines.characters / size,
      maxDuplicateLineCharacters,
      'of the characters are in repeated lines',
    )
    const list = words(text)
    const grams = ngramRepetition(list)
    for (const [n, limit] of top) {
      if (list.length < n) continue
      const value = grams.top(n) / size
      yield atMost(
        name(`top${n}gram`),
        value,
        limit,
        `of the characters are in the most frequent ${n}-gram`,
      )
    }
    for (const [n, limit] of repeated) {
      const value = grams.repeated(n) / size
      yield atMost(
        name(`repeated${n}grams`),
        value,
        limit,
        `of the characters are in repeated ${n}-grams`,
      )
    }
  }

  return ({ text }) => {
    if (text === '') {
      return {
        keep: false,
        rule: name('empty'),
        value: 0,
        threshold: 1,
        reason: 'the text is empty',
      }
    }
    let conditions = 0
    for (const verdict of verdicts(text)) {
      if (!verdict.keep) return verdict
      conditions++
    }
    const reason = `all ${conditions} conditions hold`
    return {
      keep: true,
      rule: 'gopherRepetition',
      value: conditions,
      threshold: conditions,
      reason,
    }
  }
}

function name(condition: string): string {
  return `gopherRepetition/${condition}`
}

/** `{ 2: 0.2 }` as pairs in ascending n. */
function limits(record: Readonly<Record<number, number>>): [n: number, limit: number][] {
  return Object.entries(record).map(([n, limit]) => [Number(n), limit])
}

/** Repeats among the elements: their share of the elements, and their characters. */
function duplicates(elements: readonly string[]): { share: number; characters: number } {
  const seen = new Set<string>()
  let count = 0
  let characters = 0
  for (const element of elements) {
    if (seen.has(element)) {
      count++
      characters += codePoints(element)
    } else seen.add(element)
  }
  return { share: count / elements.length, characters }
}

/** `str.strip()`: unlike `trim()`, it takes the separators U+001C to U+001F and U+0085 and leaves U+FEFF. */
function trimLikePython(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isPythonSpace(text.charCodeAt(start))) start++
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isPythonSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31)
  return code === 0x85 || (code !== 0xfeff && code >= 0xa0 && /\s/.test(String.fromCharCode(code)))
}
