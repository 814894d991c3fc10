import type { Stage } from '@llm/data'
import { bestFit } from './best-fit.js'
import { concatenate } from './concatenate.js'
import type { Counts, PackedSequence, PackingReport } from './sequence.js'
import { type MarkOptions, marks } from './special-tokens-at.js'

export interface PackSequencesOptions extends MarkOptions {
  /** Tokens in each sequence. */
  readonly length: number
  /**
   * Whether a document may be cut between two sequences. True: documents are put in a row and the row is cut, as for GPT-3
   * and PaLM, and nothing is wasted. False: each document goes whole into the sequence it fits best, and `padding` fills the
   * rest. Default: true.
   */
  readonly split?: boolean
  /**
   * The id that fills what stays free; it may be that of a special token. Needed without `split`. With `split`, it fills the last
   * sequence; default there: tokens that do not fill the last sequence are left out.
   */
  readonly padding?: number
  /**
   * What happens, without `split`, to a document longer than a sequence: it is cut into parts of a sequence's length,
   * left out, or an error. Default: `'cut'`.
   */
  readonly longDocuments?: 'cut' | 'drop' | 'error'
  /** Sequences that are kept open for a document that fits, without `split`: more waste less and hold more. Default: 1024. */
  readonly openSequences?: number
  /** Called at the end with what became of the documents. */
  readonly onReport?: (report: PackingReport) => void
}

/**
 * A stage from the ids of documents to sequences of exactly `length` tokens, with the borders of documents marked. The same
 * documents give the same sequences.
 *
 * "Language Models are Few-Shot Learners" (Brown et al., 2020), appendix B; "PaLM" (Chowdhery et al., 2022), section 5;
 * without `split`: "Fewer Truncations Improve Language Modeling" (Ding et al., 2024).
 *
 * @throws RangeError when an option is out of range, or from the stage when an id is.
 * @example
 * ```ts @import.meta.vitest
 * const { packSequences } = await import('./pack-sequences.js')
 * const { collect, pipe } = await import('@llm/data')
 * const documents = [[1, 2, 3], [4, 5], [6, 7, 8, 9]]
 * const [first, second] = await collect(pipe(documents, packSequences({ length: 5, endOfDocument: 0 })))
 * expect([...first!.tokens]).toEqual([1, 2, 3, 0, 4])
 * expect([...first!.documents]).toEqual([0, 0, 0, 0, 1])
 * expect([...second!.tokens]).toEqual([5, 0, 6, 7, 8])
 * expect([...second!.positions]).toEqual([0, 1, 0, 1, 2])
 * ```
 */
export function packSequences(
  options: PackSequencesOptions,
): Stage<ArrayLike<number>, PackedSequence> {
  const { length, split = true, padding, longDocuments = 'cut', openSequences = 1024 } = options
  checkAtLeastOne('length', length)
  checkAtLeastOne('openSequences', openSequences)
  if (padding !== undefined && padding >>> 0 !== padding) {
    throw new RangeError(`packSequences: expected an id as padding, got ${padding}`)
  }
  if (!['cut', 'drop', 'error'].includes(longDocuments)) {
    throw new RangeError(
      `packSequences: expected longDocuments to be 'cut', 'drop' or 'error', got ${JSON.stringify(longDocuments)}`,
    )
  }
  if (!split && padding === undefined) {
    throw new RangeError(
      'packSequences: expected an id as padding where documents are not split, got none',
    )
  }
  const put = marks('packSequences', options)

  return async function* (documents) {
    const counts: Counts = {
      documents: 0,
      tokens: 0,
      sequences: 0,
      padding: 0,
      cutDocuments: 0,
      droppedDocuments: 0,
      droppedTokens: 0,
    }
    const checked = checkedIds(documents)
    yield* split || padding === undefined
      ? concatenate(checked, length, put, padding, counts)
      : bestFit(checked, put, { length, padding, longDocuments, openSequences }, counts)
    options.onReport?.(counts)
  }
}

async function* checkedIds(
  documents: AsyncIterable<ArrayLike<number>>,
): AsyncGenerator<ArrayLike<number>> {
  let index = 0
  for await (const ids of documents) {
    if (typeof ids !== 'object' || typeof ids?.length !== 'number') {
      throw new TypeError(`packSequences: expected an array of ids per document, got ${ids}`)
    }
    if (!(ids instanceof Uint32Array || ids instanceof Uint16Array)) {
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as number
        if (id >>> 0 === id) continue
        throw new RangeError(
          `packSequences: expected ids in [0, 2^32), got ${id} at position ${i} of document ${index}`,
        )
      }
    }
    index++
    yield ids
  }
}

function checkAtLeastOne(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new RangeError(
    `packSequences: expected ${option} to be a whole number from 1, got ${value}`,
  )
}
