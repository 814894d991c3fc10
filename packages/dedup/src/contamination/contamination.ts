import { type Documents, indexNgrams, matches, type NgramIndex } from './ngram-index.js'
import { plainWords, visitNgrams } from './ngrams.js'

export interface ContaminationOptions {
  /** Words per n-gram. Default 13. */
  readonly n?: number
  /** N-grams found in more training documents than this are taken for common phrases and not counted. GPT-3: 10. Default: no limit. */
  readonly maxDocuments?: number
  /** Examples in the report. Default 10. */
  readonly examples?: number
}

/** How much of the validation documents occurs in the training documents. Plain data. */
export interface ContaminationReport {
  readonly n: number
  readonly trainingDocuments: number
  /** Training documents with at least one n-gram of a validation document. */
  readonly trainingDocumentsMatching: number
  readonly validationDocuments: number
  /** Validation documents with at least one n-gram seen in training. */
  readonly contaminatedDocuments: number
  /** Share of them among the validation documents that have n-grams at all. */
  readonly contaminatedShare: number
  /** Validation documents with fewer than n words: nothing can be said about them. */
  readonly tooShort: number
  /** Distinct n-grams of the validation documents. */
  readonly ngrams: number
  readonly ngramsSeen: number
  readonly ngramsSeenShare: number
  /** Distinct n-grams left out because more than `maxDocuments` training documents hold them. */
  readonly ngramsTooCommon: number
  /** Contaminated validation documents, most contaminated first. */
  readonly worst: readonly {
    readonly id: string
    readonly seen: number
    readonly ngrams: number
    readonly share: number
  }[]
  readonly examples: readonly ContaminationExample[]
}

export interface ContaminationExample {
  /** The n-gram as it is compared: lower case, without punctuation. */
  readonly ngram: string
  readonly validation: string
  /** The first training document that holds it. */
  readonly training: string
  /** Training documents that hold it. */
  readonly documents: number
}

/**
 * Measures how much of the validation documents a model has already seen in training.
 *
 * N-grams are of lower-cased words without punctuation (GPT-3's 13-grams; Brown et al. 2020, appendix C). The training
 * documents are streamed once; `validation` is read twice and must therefore be an array or another iterable that can
 * start again. Memory grows with the validation n-grams only.
 *
 * @throws {RangeError} when `n` is not a positive integer.
 * @throws {TypeError} when `validation` is an iterator that can be read only once.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { contamination } = await import('./contamination.js')
 * const training = [{ id: 't', text: 'He said: "to be, or not to be" and left.' }]
 * const validation = [
 *   { id: 'v', text: 'To be or not to be, that is the question' },
 *   { id: 'w', text: 'Now is the winter of our discontent' },
 * ]
 * const report = await contamination(training, validation, { n: 6 })
 * expect(report).toMatchObject({ contaminatedDocuments: 1, contaminatedShare: 0.5, ngrams: 7, ngramsSeen: 1 })
 * expect(report.examples[0]).toEqual({ ngram: 'to be or not to be', validation: 'v', training: 't', documents: 1 })
 * ```
 */
export async function contamination(
  training: Documents,
  validation: Documents,
  options: ContaminationOptions = {},
): Promise<ContaminationReport> {
  const { n = 13, maxDocuments = Number.POSITIVE_INFINITY, examples = 10 } = options
  if (isOneShot(validation)) {
    throw new TypeError(
      'contamination: expected validation documents that can be read twice, got an iterator; pass an array',
    )
  }
  const index = await indexNgrams(validation, n, 'contamination')
  const documents = new Uint32Array(index.table.size)
  const firstTraining = new Map<number, string>()
  const phrases = new Map<number, string>()
  let trainingDocuments = 0
  let trainingDocumentsMatching = 0
  for await (const { id, text } of training) {
    trainingDocuments++
    const found = matches(text, index)
    if (found.size > 0) trainingDocumentsMatching++
    for (const [number, [start, end]] of found) {
      documents[number]!++
      if (documents[number] !== 1) continue
      firstTraining.set(number, id)
      phrases.set(number, plainWords(text.toLowerCase().slice(start, end)).join(' '))
    }
  }
  const seen = (number: number): boolean =>
    documents[number]! > 0 && documents[number]! <= maxDocuments
  const numbers = Array.from(documents, (_, number) => number)
  const ngramsSeen = numbers.filter(seen).length
  const contaminated = await contaminatedDocuments(validation, index, seen)
  const withNgrams = index.ids.length - index.tooShort.length
  return {
    n,
    trainingDocuments,
    trainingDocumentsMatching,
    validationDocuments: index.ids.length,
    contaminatedDocuments: contaminated.length,
    contaminatedShare: withNgrams === 0 ? 0 : contaminated.length / withNgrams,
    tooShort: index.tooShort.length,
    ngrams: index.table.size,
    ngramsSeen,
    ngramsSeenShare: index.table.size === 0 ? 0 : ngramsSeen / index.table.size,
    ngramsTooCommon: numbers.filter((number) => documents[number]! > maxDocuments).length,
    worst: contaminated.slice(0, examples),
    examples: pickExamples(numbers.filter(seen), index, examples).map((number) => ({
      ngram: phrases.get(number)!,
      validation: index.ids[index.firstDocument[number]!]!,
      training: firstTraining.get(number)!,
      documents: documents[number]!,
    })),
  }
}

async function contaminatedDocuments(
  validation: Documents,
  index: NgramIndex,
  seen: (number: number) => boolean,
): Promise<{ id: string; seen: number; ngrams: number; share: number }[]> {
  const result: { id: string; seen: number; ngrams: number; share: number }[] = []
  for await (const { id, text } of validation) {
    const all = new Set<number>()
    visitNgrams(text, index.n, (high, low) => all.add(index.table.find(high, low)))
    let count = 0
    for (const number of all) if (seen(number)) count++
    if (count > 0) result.push({ id, seen: count, ngrams: all.size, share: count / all.size })
  }
  return result.sort((a, b) => b.share - a.share || b.seen - a.seen)
}

/** One n-gram per validation document before any document gets a second one. */
function pickExamples(numbers: readonly number[], index: NgramIndex, limit: number): number[] {
  const first = new Map<number, number>()
  for (const number of numbers) {
    const document = index.firstDocument[number]!
    if (!first.has(document)) first.set(document, number)
  }
  return [...first.values()].slice(0, limit)
}

/** A generator gives itself as its iterator: what has been read from it is gone. */
function isOneShot(documents: Documents): boolean {
  const iterator: unknown =
    Symbol.asyncIterator in documents
      ? documents[Symbol.asyncIterator]()
      : documents[Symbol.iterator]()
  return iterator === documents
}
