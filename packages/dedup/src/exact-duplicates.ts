import { createHash } from 'node:crypto'
import type { Document, OnDrop, Stage } from '@llm/data'
import { DigestTable } from './digest-table.js'

export interface ExactDuplicatesOptions {
  /** Told of every dropped document; the verdict's value is the id of the document kept instead. */
  readonly onDrop?: OnDrop
  /** What is compared. Default: the text as it is. */
  readonly normalize?: (text: string) => string
}

/**
 * A stage that drops documents whose text has been seen before; the first one is kept.
 *
 * Texts are compared by the first 128 bits of their SHA-256, so two different texts are taken for one with a
 * probability below 10^-20 for a billion documents. Memory per distinct text: up to 60 bytes for the digest and about 50 for the id.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { exactDuplicates } = await import('./exact-duplicates.js')
 * async function* input() {
 *   yield { id: 'a', text: 'to be' }
 *   yield { id: 'b', text: 'or not' }
 *   yield { id: 'c', text: 'To be' }
 * }
 * const dropped: string[] = []
 * const stage = exactDuplicates({
 *   normalize: (text) => text.toLowerCase(),
 *   onDrop: (document, verdict) => dropped.push(`${document.id}: ${verdict.reason}`),
 * })
 * const kept: string[] = []
 * for await (const document of stage(input())) kept.push(document.id)
 * expect(kept).toEqual(['a', 'b'])
 * expect(dropped).toEqual(['c: same text as a'])
 * ```
 */
export function exactDuplicates(options: ExactDuplicatesOptions = {}): Stage {
  const { onDrop, normalize } = options
  return async function* (input: AsyncIterable<Document>) {
    const seen = new DigestTable(128)
    const ids: string[] = []
    for await (const document of input) {
      const text = normalize === undefined ? document.text : normalize(document.text)
      const digest = createHash('sha256').update(text).digest()
      const number = seen.add(
        digest.readUInt32LE(0),
        digest.readUInt32LE(4),
        digest.readUInt32LE(8),
        digest.readUInt32LE(12),
      )
      if (number === ids.length) {
        ids.push(document.id)
        yield document
      } else {
        const first = ids[number]!
        const reason = `same text as ${first}`
        onDrop?.(document, {
          keep: false,
          rule: 'exactDuplicates',
          value: first,
          threshold: 1,
          reason,
        })
      }
    }
  }
}
