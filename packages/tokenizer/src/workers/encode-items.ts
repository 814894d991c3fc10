import type { EncodeOptions, Tokenizer } from '../types.js'
import type { EncodeItem, EncodeWorkerOptions } from './encode-worker.js'

/** Options of what can encode in several threads. */
export interface WorkerOptions extends EncodeOptions {
  /** Threads beside this one, at most; the ids are the same for any number. */
  readonly workers?: number
  /** Inputs sent to a thread at once. Default: 64. */
  readonly batchSize?: number
}

/** Ids of each item, in order, by threads. */
export async function* encodeItems(
  tokenizer: Tokenizer,
  items: AsyncIterable<EncodeItem>,
  { workers, batchSize = 64, ...options }: WorkerOptions,
): AsyncGenerator<Uint32Array> {
  // Imported here so that the rest of the package runs where there are no node: modules.
  const { mapInWorkers } = await import('@llm/data/workers')
  const forThreads: EncodeWorkerOptions = { tokenizer: JSON.stringify(tokenizer), options }
  yield* mapInWorkers<EncodeItem, Uint32Array>(module(), {
    ...(workers !== undefined && { workers }),
    batchSize,
    options: forThreads,
  })(items)
}

/** The sources have no JavaScript file to start, the build has. */
function module(): URL {
  const { url } = import.meta
  return new URL(url.endsWith('.ts') ? '../../dist/encode-worker.js' : './encode-worker.js', url)
}
