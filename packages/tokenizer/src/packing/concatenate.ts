import { type Counts, type PackedSequence, SequenceBuilder } from './sequence.js'
import type { Marks } from './special-tokens-at.js'

/** Puts documents in a row and cuts the row into sequences; documents may be cut anywhere. */
export async function* concatenate(
  documents: AsyncIterable<ArrayLike<number>>,
  length: number,
  { before, after, between }: Marks,
  padding: number | undefined,
  counts: Counts,
): AsyncGenerator<PackedSequence> {
  let sequence = new SequenceBuilder(length)
  for await (const ids of documents) {
    const document = counts.documents++
    let parts = 0
    const rows = [
      ...(document === 0 ? [] : [[between, document - 1] as const]),
      ...([before, ids, after] as const).map((row) => [row, document] as const),
    ]
    for (const [row, owner] of rows) {
      counts.tokens += row.length
      for (let done = 0; done < row.length; ) {
        done += sequence.add(row, done, owner)
        if (sequence.room > 0) continue
        if (owner === document) parts++
        counts.sequences++
        yield sequence.take()
        sequence = new SequenceBuilder(length)
      }
    }
    // The last part is one more, unless the document ended with the sequence.
    if (parts > 1 || (parts === 1 && sequence.used > 0)) counts.cutDocuments++
  }
  if (sequence.used === 0) return
  if (padding === undefined) {
    counts.droppedTokens += sequence.used
    return
  }
  counts.padding += sequence.room
  sequence.add(new Uint32Array(sequence.room).fill(padding), 0, -1)
  counts.sequences++
  yield sequence.take()
}
