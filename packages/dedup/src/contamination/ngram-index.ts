import type { Document } from '@llm/data'
import { DigestTable } from '../digest-table.js'
import { visitNgrams } from './ngrams.js'

/** Documents in memory or in a stream. */
export type Documents = Iterable<Document> | AsyncIterable<Document>

/** The n-grams of the validation documents, numbered. */
export interface NgramIndex {
  readonly n: number
  readonly table: DigestTable
  /** For each n-gram, the validation document it was first seen in. */
  readonly firstDocument: number[]
  /** Ids of the validation documents. */
  readonly ids: string[]
  /** Validation documents with fewer than n words, which can match nothing. */
  readonly tooShort: string[]
}

/** Reads the validation documents and numbers their n-grams. Memory: about 50 bytes per distinct n-gram. */
export async function indexNgrams(
  validation: Documents,
  n: number,
  caller: string,
): Promise<NgramIndex> {
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`${caller}: expected n to be a positive integer, got ${n}`)
  const index: NgramIndex = {
    n,
    table: new DigestTable(64),
    firstDocument: [],
    ids: [],
    tooShort: [],
  }
  for await (const { id, text } of validation) {
    const document = index.ids.length
    index.ids.push(id)
    let grams = 0
    visitNgrams(text, n, (high, low) => {
      grams++
      const number = index.table.add(high, low)
      if (number === index.firstDocument.length) index.firstDocument.push(document)
    })
    if (grams === 0) index.tooShort.push(id)
  }
  return index
}

/** Numbers of the validation n-grams that a text holds, each once, with the place of the first occurrence. */
export function matches(
  text: string,
  index: NgramIndex,
): Map<number, [start: number, end: number]> {
  const found = new Map<number, [number, number]>()
  visitNgrams(text, index.n, (high, low, start, end) => {
    const number = index.table.find(high, low)
    if (number >= 0 && !found.has(number)) found.set(number, [start, end])
  })
  return found
}
