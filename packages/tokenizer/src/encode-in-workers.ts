import { seeded } from './dropout.js'
import type { EncodeInput, Tokenizer } from './types.js'
import { encodeItems, type WorkerOptions } from './workers/encode-items.js'
import type { EncodeItem } from './workers/encode-worker.js'

/**
 * `tokenizer.encodeBatch` in threads: the same ids, in the order of the inputs, for any number of `workers` (default: one per
 * processor; 0 is this thread). Starting threads takes a fraction of a second, so it pays for megabytes of text.
 *
 * @throws WorkerError of `@llm/data`, with the index of the input, where `encode` would throw.
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./bpe/train-bpe.js')
 * const { encodeInWorkers } = await import('./encode-in-workers.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * const texts = ['low', 'lower']
 * expect(await encodeInWorkers(tokenizer, texts, { workers: 0 })).toEqual(tokenizer.encodeBatch(texts))
 * ```
 */
export async function encodeInWorkers(
  tokenizer: Tokenizer,
  inputs: Iterable<EncodeInput>,
  options: WorkerOptions = {},
): Promise<Uint32Array[]> {
  const { workers, batchSize: _, ...encoding } = options
  if (workers === 0) return tokenizer.encodeBatch(inputs, encoding)
  async function* items(): AsyncGenerator<EncodeItem> {
    let index = 0
    for (const input of inputs) {
      const seed = seeded(encoding, 'encodeBatch', index++)?.seed
      yield { input, ...(seed !== undefined && { seed }) }
    }
  }
  const out: Uint32Array[] = []
  for await (const ids of encodeItems(tokenizer, items(), options)) out.push(ids)
  return out
}
