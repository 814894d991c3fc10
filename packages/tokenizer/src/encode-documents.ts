import type { Document, Stage } from '@llm/data'
import type { EncodeOptions, Tokenizer } from './types.js'

/**
 * A stage from documents to the ids of each one's text, in order, ready for `writeTokenFile`.
 * No end-of-text mark is added: that is the writer's `endOfDocument`.
 *
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
  options?: EncodeOptions,
): Stage<Document, Uint32Array> {
  return async function* (documents) {
    for await (const document of documents) yield tokenizer.encode(document.text, options)
  }
}
