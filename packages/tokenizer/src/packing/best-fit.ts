import { type Counts, type PackedSequence, SequenceBuilder } from './sequence.js'
import type { Marks } from './special-tokens-at.js'

export interface BestFitOptions {
  readonly length: number
  readonly padding: number
  readonly longDocuments: 'cut' | 'drop' | 'error'
  readonly openSequences: number
}

/**
 * Puts each document whole into the open sequence with the least room that it fits into, or into a new one. At most
 * `openSequences` are open: then the fullest is padded and goes. "Fewer Truncations Improve Language Modeling" (Ding et al., 2024).
 */
export async function* bestFit(
  documents: AsyncIterable<ArrayLike<number>>,
  { before, after, between }: Marks,
  { length, padding, longDocuments, openSequences }: BestFitOptions,
  counts: Counts,
): AsyncGenerator<PackedSequence> {
  const open = new OpenSequences()
  let serial = 0

  for await (const ids of documents) {
    const document = counts.documents++
    const row = new Uint32Array(before.length + ids.length + after.length)
    row.set(before)
    row.set(ids, before.length)
    row.set(after, before.length + ids.length)
    counts.tokens += row.length
    if (row.length > length) {
      if (longDocuments === 'error') {
        throw new RangeError(
          `packSequences: expected documents of at most ${length} tokens, got ${row.length} in document ${document}; longDocuments: 'cut' or 'drop' allows them`,
        )
      }
      if (longDocuments === 'drop') {
        counts.droppedDocuments++
        counts.droppedTokens += row.length
        continue
      }
      counts.cutDocuments++
    }
    for (let done = 0; done < row.length; done += length) {
      const part = row.subarray(done, done + length)
      const sequence =
        open.take(part.length + between.length) ?? new SequenceBuilder(length, serial++)
      if (sequence.used > 0) {
        counts.tokens += between.length
        sequence.add(between, 0, sequence.lastDocument)
      }
      sequence.add(part, 0, document)
      if (sequence.room === 0) yield close(sequence)
      else open.put(sequence)
      const fullest = open.size > openSequences ? open.fullest() : undefined
      if (fullest) yield close(fullest)
    }
  }
  for (const sequence of open.rest()) yield close(sequence)

  function close(sequence: SequenceBuilder): PackedSequence {
    counts.sequences++
    counts.padding += sequence.room
    sequence.add(new Uint32Array(sequence.room).fill(padding), 0, -1)
    return sequence.take()
  }
}

/** Sequences with room, least room first, among equals the older first. */
class OpenSequences {
  readonly #sequences: SequenceBuilder[] = []

  get size(): number {
    return this.#sequences.length
  }

  put(sequence: SequenceBuilder): void {
    const at = this.#first(
      ({ room, serial }) =>
        room > sequence.room || (room === sequence.room && serial > sequence.serial),
    )
    this.#sequences.splice(at, 0, sequence)
  }

  /** Takes out the sequence with the least room for `count` tokens. */
  take(count: number): SequenceBuilder | undefined {
    const at = this.#first(({ room }) => room >= count)
    return this.#sequences.splice(at, 1)[0]
  }

  fullest(): SequenceBuilder | undefined {
    return this.#sequences.shift()
  }

  /** All of them, oldest first. */
  rest(): readonly SequenceBuilder[] {
    return this.#sequences.sort((a, b) => a.serial - b.serial)
  }

  /** The index of the first sequence for which `holds` is true, as it then is for all that follow. */
  #first(holds: (sequence: SequenceBuilder) => boolean): number {
    let low = 0
    let high = this.#sequences.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (holds(this.#sequences[middle] as SequenceBuilder)) high = middle
      else low = middle + 1
    }
    return low
  }
}
