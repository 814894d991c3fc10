import type { Document, Verdict } from '@llm/data'
import { codePoints } from './code-points.js'
import { punctuation } from './punctuation.js'
import { atLeast, atMost, type Rule } from './rule.js'
import { splitLines } from './split-lines.js'
import { splitWords, type WordSplitter } from './words.js'

/** Limits of Gopher's quality rule. Every one is inclusive: a document exactly at the limit is kept. */
export interface GopherQualityOptions {
  /** Fewest words that are not bare punctuation. Default 50. */
  readonly minWords?: number
  /** Default 100,000. */
  readonly maxWords?: number
  /** Mean length, in code points, of the words that are not bare punctuation. Default 3. */
  readonly minMeanWordLength?: number
  /** Default 10. */
  readonly maxMeanWordLength?: number
  /** `#` per word. Default 0.1. */
  readonly maxHashes?: number
  /** Ellipses (`...` or `…`) per word. Default 0.1. */
  readonly maxEllipses?: number
  /** Share of lines that start with `•` or `-`. Default 0.9. */
  readonly maxBulletLines?: number
  /** Share of lines that end in an ellipsis. Default 0.3. */
  readonly maxEllipsisLines?: number
  /** Share of words with at least one letter. Default 0.8. */
  readonly minAlphabeticWords?: number
  /** Distinct stop words found, case-sensitive. Default 2. */
  readonly minStopWords?: number
  /** Default: the, be, to, of, and, that, have, with. */
  readonly stopWords?: readonly string[]
  /** Default `splitWords`: white space. datatrove splits with spaCy, which takes punctuation off the words. */
  readonly words?: WordSplitter
}

/** What the rule measures, in the terms of its options. */
export interface GopherQualityScores {
  readonly words: number
  readonly meanWordLength: number
  readonly hashes: number
  readonly ellipses: number
  readonly bulletLines: number
  readonly ellipsisLines: number
  readonly alphabeticWords: number
  readonly stopWords: number
}

/**
 * Gopher's quality rule: word count and length, symbols, bullets, ellipses, letters and stop words.
 *
 * The verdict of a dropped document names the first condition that failed, such as `gopherQuality/words`.
 * For all conditions at once, each with its score, use `gopherQualityConditions` in annotate mode.
 *
 * Rae et al. 2021, arXiv:2112.11446, appendix A.1.1; limits, order and details as in datatrove 0.10.1.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { gopherQuality } = await import('./gopher-quality.js')
 * const verdict = gopherQuality()({ id: 'a', text: 'Too short to learn from.' })
 * expect(verdict).toEqual({
 *   keep: false,
 *   rule: 'gopherQuality/words',
 *   value: 5,
 *   threshold: 50,
 *   reason: '5 words, at least 50 wanted',
 * })
 * ```
 */
export function gopherQuality(options: GopherQualityOptions = {}): Rule {
  const judge = judges(options)
  return (document) => {
    const scores = gopherQualityScores(document.text, options)
    for (const condition of judge) {
      const verdict = condition(scores)
      if (!verdict.keep) return verdict
    }
    const reason = `all ${judge.length} conditions hold`
    return {
      keep: true,
      rule: 'gopherQuality',
      value: scores.words,
      threshold: options.minWords ?? 50,
      reason,
    }
  }
}

/** The conditions of `gopherQuality` as separate rules; the text is measured once for all of them. */
export function gopherQualityConditions(options: GopherQualityOptions = {}): Rule[] {
  const measured = new WeakMap<Document, GopherQualityScores>()
  const scoresOf = (document: Document): GopherQualityScores => {
    const known = measured.get(document)
    if (known !== undefined) return known
    const scores = gopherQualityScores(document.text, options)
    measured.set(document, scores)
    return scores
  }
  return judges(options).map((condition) => (document) => condition(scoresOf(document)))
}

/** Measures a text for Gopher's quality rule. Ratios of an empty text are 0. */
export function gopherQualityScores(
  text: string,
  options: Pick<GopherQualityOptions, 'words' | 'stopWords'> = {},
): GopherQualityScores {
  const { words: split = splitWords, stopWords = defaultStopWords } = options
  const wanted = new Set(stopWords)
  const found = new Set<string>()
  const words = split(text)
  let real = 0
  let characters = 0
  let alphabetic = 0
  for (const word of words) {
    if (wanted.has(word)) found.add(word)
    if (hasLetter(word)) alphabetic++
    else if (isPunctuation(word)) continue
    real++
    characters += codePoints(word)
  }
  const lines = splitLines(text)
  let bullets = 0
  let trailing = 0
  for (const line of lines) {
    const start = line.trimStart()
    if (start.startsWith('•') || start.startsWith('-')) bullets++
    const end = line.trimEnd()
    if (end.endsWith('...') || end.endsWith('…')) trailing++
  }
  return {
    words: real,
    meanWordLength: ratio(characters, real),
    hashes: ratio(occurrences(text, '#'), words.length),
    ellipses: ratio(occurrences(text, '...') + occurrences(text, '…'), words.length),
    bulletLines: ratio(bullets, lines.length),
    ellipsisLines: ratio(trailing, lines.length),
    alphabeticWords: ratio(alphabetic, words.length),
    stopWords: found.size,
  }
}

const defaultStopWords = ['the', 'be', 'to', 'of', 'and', 'that', 'have', 'with']

type Judge = (scores: GopherQualityScores) => Verdict

/** The conditions in datatrove's order, which decides what a dropped document is dropped for. */
function judges(options: GopherQualityOptions): Judge[] {
  const name = (condition: string): string => `gopherQuality/${condition}`
  const {
    minWords = 50,
    maxWords = 100_000,
    minMeanWordLength = 3,
    maxMeanWordLength = 10,
  } = options
  const {
    maxHashes = 0.1,
    maxEllipses = 0.1,
    maxBulletLines = 0.9,
    maxEllipsisLines = 0.3,
  } = options
  const { minAlphabeticWords = 0.8, minStopWords = 2 } = options
  return [
    (s) => atLeast(name('words'), s.words, minWords, 'words'),
    (s) => atMost(name('maxWords'), s.words, maxWords, 'words'),
    (s) =>
      atLeast(name('meanWordLength'), s.meanWordLength, minMeanWordLength, 'characters per word'),
    (s) =>
      atMost(name('maxMeanWordLength'), s.meanWordLength, maxMeanWordLength, 'characters per word'),
    (s) => atMost(name('hashes'), s.hashes, maxHashes, '# per word'),
    (s) => atMost(name('ellipses'), s.ellipses, maxEllipses, 'ellipses per word'),
    (s) =>
      atMost(
        name('bulletLines'),
        s.bulletLines,
        maxBulletLines,
        'of the lines start with a bullet',
      ),
    (s) =>
      atMost(
        name('ellipsisLines'),
        s.ellipsisLines,
        maxEllipsisLines,
        'of the lines end in an ellipsis',
      ),
    (s) =>
      atLeast(
        name('alphabeticWords'),
        s.alphabeticWords,
        minAlphabeticWords,
        'of the words have a letter',
      ),
    (s) => atLeast(name('stopWords'), s.stopWords, minStopWords, 'different stop words'),
  ]
}

function hasLetter(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i)
    if ((code | 32) >= 97 && (code | 32) <= 122) return true
    if (code >= 128) return /\p{L}/u.test(word)
  }
  return false
}

function isPunctuation(word: string): boolean {
  for (const character of word) if (!punctuation.has(character)) return false
  return true
}

/** Non-overlapping occurrences. */
function occurrences(text: string, what: string): number {
  let count = 0
  for (let at = text.indexOf(what); at !== -1; at = text.indexOf(what, at + what.length)) count++
  return count
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
