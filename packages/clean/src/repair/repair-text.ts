import type { Document, Stage } from '@llm/data'
import { type RepairOptions, repair } from './repair.js'

/**
 * A stage that repairs the text of every document; none is dropped.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { repairText } = await import('./repair-text.js')
 * async function* input() {
 *   yield { id: 'a', text: 'one \r\ntwo' }
 * }
 * for await (const document of repairText()(input())) expect(document.text).toBe('one\ntwo')
 * ```
 */
export function repairText(options: RepairOptions = {}): Stage {
  return async function* (input: AsyncIterable<Document>) {
    for await (const document of input) {
      const text = repair(document.text, options)
      yield text === document.text ? document : { ...document, text }
    }
  }
}
