import type { Document, OnDrop, Stage, Verdict } from '@llm/data'
import { openSpill } from '../spill.js'
import { type Documents, indexNgrams, matches, type NgramIndex } from './ngram-index.js'
import { plainWords } from './ngrams.js'

export interface DecontaminateOptions {
  /** Words per n-gram. Default 13. */
  readonly n?: number
  /**
   * N-grams found in more training documents than this are taken for common phrases and drop nothing. GPT-3: 10.
   * Default: no limit. With a limit the training documents are read twice, by way of a temporary file.
   */
  readonly maxDocuments?: number
  /** Told of every dropped document; the verdict's value is the first n-gram shared. */
  readonly onDrop?: OnDrop
  /** Where the temporary file goes. Default: the system's directory for temporary files. */
  readonly temporaryDirectory?: string
}

/**
 * A stage that drops the training documents which share an n-gram with a validation document.
 *
 * N-grams are of lower-cased words without punctuation. Whole documents are dropped; GPT-3 cut windows of 200
 * characters around each match instead. Validation documents are read when the stage starts. Memory: about 50 bytes per
 * distinct validation n-gram.
 *
 * @throws {RangeError} when `n` is not a positive integer.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { decontaminate } = await import('./decontaminate.js')
 * const validation = [{ id: 'v', text: 'To be, or not to be, that is the question' }]
 * async function* training() {
 *   yield { id: 'a', text: 'He asked "to be or not to be" twice.' }
 *   yield { id: 'b', text: 'Now is the winter of our discontent.' }
 * }
 * const reasons: string[] = []
 * const stage = decontaminate(validation, { n: 6, onDrop: (_, verdict) => reasons.push(verdict.reason) })
 * for await (const document of stage(training())) expect(document.id).toBe('b')
 * expect(reasons).toEqual(['shares "to be or not to be" with v'])
 * ```
 */
export function decontaminate(validation: Documents, options: DecontaminateOptions = {}): Stage {
  const { n = 13, maxDocuments, onDrop, temporaryDirectory } = options
  return async function* (input: AsyncIterable<Document>) {
    const index = await indexNgrams(validation, n, 'decontaminate')
    if (maxDocuments === undefined) {
      yield* drop(input, index, () => true, onDrop)
      return
    }
    const spill = await openSpill(temporaryDirectory)
    try {
      const documents = new Uint32Array(index.table.size)
      for await (const document of input) {
        for (const number of matches(document.text, index).keys()) documents[number]!++
        await spill.write(document)
      }
      yield* drop(spill.read(), index, (number) => documents[number]! <= maxDocuments, onDrop)
    } finally {
      await spill.close()
    }
  }
}

async function* drop(
  input: AsyncIterable<Document>,
  index: NgramIndex,
  counts: (number: number) => boolean,
  onDrop: OnDrop | undefined,
): AsyncGenerator<Document> {
  for await (const document of input) {
    const verdict = judge(document, index, counts)
    if (verdict === undefined) yield document
    else onDrop?.(document, verdict)
  }
}

function judge(
  document: Document,
  index: NgramIndex,
  counts: (number: number) => boolean,
): Verdict | undefined {
  for (const [number, [start, end]] of matches(document.text, index)) {
    if (!counts(number)) continue
    const ngram = plainWords(document.text.toLowerCase().slice(start, end)).join(' ')
    const reason = `shares "${ngram}" with ${index.ids[index.firstDocument[number]!]}`
    return { keep: false, rule: 'decontaminate', value: ngram, threshold: index.n, reason }
  }
  return undefined
}
