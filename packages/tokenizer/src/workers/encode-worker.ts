import { loadTokenizer } from '../load-tokenizer.js'
import type { EncodeInput, EncodeOptions } from '../types.js'

/** What a thread is started with. */
export interface EncodeWorkerOptions {
  /** The tokenizer's tokenizer.json as text: cheaper to send than the object, and safe for names such as "__proto__". */
  readonly tokenizer: string
  readonly options: EncodeOptions
}

/** One input for a thread. */
export interface EncodeItem {
  /** Names the input in errors. */
  readonly id?: string
  readonly input: EncodeInput
  /** Instead of the seed in the options. */
  readonly seed?: number
}

/** The module that `mapInWorkers` runs in threads: inputs to ids. */
export default async function encodeWorker({
  tokenizer,
  options,
}: EncodeWorkerOptions): Promise<
  (items: AsyncIterable<EncodeItem>) => AsyncGenerator<Uint32Array>
> {
  const loaded = await loadTokenizer(JSON.parse(tokenizer))
  return async function* (items) {
    for await (const { input, seed } of items) {
      yield loaded.encode(input, seed === undefined ? options : { ...options, seed })
    }
  }
}
