import type { PieceCounts } from '../training/piece-counts.js'
import { type Cutting, pieceCounter } from '../training/piece-cutting.js'

/** What a thread found in some texts. */
export interface CountedTexts {
  readonly pieces: PieceCounts
  /** UTF-8 bytes of the texts. */
  readonly total: number
}

/** The module that `mapInWorkers` runs in threads: lists of texts to their pieces. */
export default function countWorker(
  cutting: Cutting,
): (lists: AsyncIterable<readonly string[]>) => AsyncGenerator<CountedTexts> {
  return async function* (lists) {
    for await (const texts of lists) {
      const counter = pieceCounter(cutting)
      let total = 0
      for (const text of texts) total += counter.add(text)
      const { bytes, offsets, counts, size } = counter.counts()
      // Views would send all of what they are views of.
      yield {
        pieces: { bytes: bytes.slice(), offsets: offsets.slice(), counts: counts.slice(), size },
        total,
      }
    }
  }
}
