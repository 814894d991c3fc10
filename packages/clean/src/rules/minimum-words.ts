import { atLeast, type Rule } from './rule.js'
import { splitWords, type WordSplitter } from './words.js'

/**
 * Drops documents with fewer than `count` words (first of GPT-2's heuristics: pages with few words).
 *
 * @example
 * ```ts @import.meta.vitest
 * const { minimumWords } = await import('./minimum-words.js')
 * const verdict = minimumWords(3)({ id: 'a', text: 'only two' })
 * expect(verdict.keep).toBe(false)
 * expect(verdict.reason).toBe('2 words, at least 3 wanted')
 * ```
 */
export function minimumWords(count: number, options: { readonly words?: WordSplitter } = {}): Rule {
  const { words = splitWords } = options
  return (document) => atLeast('minimumWords', words(document.text).length, count, 'words')
}
