import type { Document, Stage } from '@llm/data'
import { seeded } from './dropout.js'
import type { Tokenizer } from './types.js'
import { encodeItems, type WorkerOptions } from './workers/encode-items.js'
import type { EncodeItem } from './workers/encode-worker.js'

/**
 * A stage from documents to the ids of each one's text, in order, ready for `writeTokenFile` or `packSequences`.
 * No end-of-text mark is added: that is the writer's `endOfDocument` and the packer's `specialTokens`.
 *
 * The ids are the same for any number of `workers` (default: 0, this thread). With `dropout`, each document has a seed of
 * its own, made of `seed` and its id.
 *
 * @throws RangeError where `encode` does; from threads as the cause of a WorkerError of `@llm/data`, with the document's id.
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./bpe/train-bpe.js')
 * const { encodeDocuments } = await import('./encode-documents.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * async function* documents() {
 *   yield { id: 'a', text: 'low low' }
 * }
 * for await (const ids of encodeDocuments(tokenizer)(documents())) {
 *   expect(ids).toEqual(tokenizer.encode('low low'))
 * }
 * ```
 */
export function encodeDocuments(
  tokenizer: Tokenizer,
  options: WorkerOptions = {},
): Stage<Document, Uint32Array> {
  const { workers = 0, batchSize: _, ...encoding } = options
  const seedOf = (id: string): number | undefined => seeded(encoding, `document ${id}`, 0)?.seed

  async function* items(documents: AsyncIterable<Document>): AsyncGenerator<EncodeItem> {
    for await (const { id, text } of documents) {
      const seed = seedOf(id)
      yield { id, input: text, ...(seed !== undefined && { seed }) }
    }
  }

  return async function* (documents) {
    if (workers > 0) yield* encodeItems(tokenizer, items(documents), options)
    else {
      for await (const { input, seed } of items(documents)) {
        yield tokenizer.encode(input, seed === undefined ? encoding : { ...encoding, seed })
      }
    }
  }
}
