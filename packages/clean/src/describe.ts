import type { Document, Stage } from '@llm/data'
import { splitWords } from './rules/words.js'

/** Counts and spreads of a set of documents. Plain data. */
export interface Description {
  readonly documents: number
  /** Of the UTF-8 texts. */
  readonly bytes: number
  /** Separated by white space. */
  readonly words: number
  readonly lines: number
  readonly bytesPerDocument: Spread
  readonly wordsPerDocument: Spread
  /** Documents by language, most frequent first. */
  readonly languages: Readonly<Record<string, number>>
  /** Documents by SPDX licence, most frequent first; `'none'` for those without. */
  readonly licenses: Readonly<Record<string, number>>
}

/** Quantiles are right to 1 %. */
export interface Spread {
  readonly minimum: number
  readonly p5: number
  readonly p25: number
  readonly median: number
  readonly p75: number
  readonly p95: number
  readonly maximum: number
  readonly mean: number
}

export interface DescribeOptions {
  /** Language of a document. Default: `metadata.language` when it is a string, else `'unknown'`. */
  readonly language?: (document: Document) => string
}

export interface Describer {
  /** Counts one document. */
  add(document: Document): void
  /** A stage that counts the documents which pass through it, and changes nothing. */
  readonly stage: Stage
  report(): Description
}

/**
 * Descriptive statistics of documents, all of them at once.
 *
 * Memory does not grow with the number of documents: quantiles come from a histogram of 1 % steps, and languages and
 * licences beyond the first thousand different ones are counted as `'other'`.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { describe } = await import('./describe.js')
 * const description = await describe([
 *   { id: 'a', text: 'to be', license: 'CC0-1.0' },
 *   { id: 'b', text: 'or not to be' },
 * ])
 * expect(description).toMatchObject({ documents: 2, bytes: 17, words: 6, lines: 2 })
 * expect(description.licenses).toEqual({ 'CC0-1.0': 1, none: 1 })
 * ```
 */
export async function describe(
  documents: Iterable<Document> | AsyncIterable<Document>,
  options: DescribeOptions = {},
): Promise<Description> {
  const describer = createDescriber(options)
  for await (const document of documents) describer.add(document)
  return describer.report()
}

/** The same, document by document or as a stage in a pipeline. */
export function createDescriber(options: DescribeOptions = {}): Describer {
  const { language = languageOf } = options
  const bytes = new Histogram()
  const words = new Histogram()
  const languages = new Map<string, number>()
  const licenses = new Map<string, number>()
  let lines = 0
  const add = (document: Document): void => {
    const { text } = document
    bytes.add(Buffer.byteLength(text))
    words.add(splitWords(text).length)
    lines += countLines(text)
    count(languages, language(document))
    count(licenses, document.license ?? 'none')
  }
  return {
    add,
    async *stage(input) {
      for await (const document of input) {
        add(document)
        yield document
      }
    },
    report: () => ({
      documents: bytes.count,
      bytes: bytes.sum,
      words: words.sum,
      lines,
      bytesPerDocument: bytes.spread(),
      wordsPerDocument: words.spread(),
      languages: byFrequency(languages),
      licenses: byFrequency(licenses),
    }),
  }
}

function languageOf({ metadata }: Document): string {
  const language = metadata?.language
  return typeof language === 'string' ? language : 'unknown'
}

const maxNames = 1000

function count(table: Map<string, number>, name: string): void {
  const key = table.has(name) || table.size < maxNames ? name.slice(0, 100) : 'other'
  table.set(key, (table.get(key) ?? 0) + 1)
}

function byFrequency(table: ReadonlyMap<string, number>): Record<string, number> {
  const entries = [...table].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return Object.fromEntries(entries)
}

function countLines(text: string): number {
  let lines = text === '' ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** Counts non-negative integers in steps of 2 %, so that a step's middle is at most 1 % off. */
class Histogram {
  count = 0
  sum = 0
  #minimum = Number.POSITIVE_INFINITY
  #maximum = 0
  /** Step k > 0 holds the values from 1.02^(k-1) up to 1.02^k; step 0 holds 0. At most some 1,900 steps. */
  readonly #steps = new Map<number, number>()

  add(value: number): void {
    this.count++
    this.sum += value
    this.#minimum = Math.min(this.#minimum, value)
    this.#maximum = Math.max(this.#maximum, value)
    const step = value === 0 ? 0 : 1 + Math.floor(Math.log(value) / logStep)
    this.#steps.set(step, (this.#steps.get(step) ?? 0) + 1)
  }

  spread(): Spread {
    if (this.count === 0)
      return { minimum: 0, p5: 0, p25: 0, median: 0, p75: 0, p95: 0, maximum: 0, mean: 0 }
    const steps = [...this.#steps].sort((a, b) => a[0] - b[0])
    /** The value below or at which a share of the documents lies (nearest rank). */
    const quantile = (share: number): number => {
      const rank = Math.max(1, Math.ceil(share * this.count))
      let seen = 0
      for (const [step, documents] of steps) {
        seen += documents
        if (seen < rank) continue
        const middle = step === 0 ? 0 : Math.round(Math.exp((step - 0.5) * logStep))
        return Math.min(this.#maximum, Math.max(this.#minimum, middle))
      }
      return this.#maximum
    }
    return {
      minimum: this.#minimum,
      p5: quantile(0.05),
      p25: quantile(0.25),
      median: quantile(0.5),
      p75: quantile(0.75),
      p95: quantile(0.95),
      maximum: this.#maximum,
      mean: this.sum / this.count,
    }
  }
}

const logStep = Math.log(1.02)
