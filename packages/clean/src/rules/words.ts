/** Splits a text into the words that the rules count. */
export type WordSplitter = (text: string) => readonly string[]

/**
 * Splits at white space, keeping case and punctuation: `"a, b"` has the words `a,` and `b`.
 *
 * The splitter the rules use unless told otherwise. White space is what JavaScript's `\s` matches.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { splitWords } = await import('./words.js')
 * expect(splitWords(' To be, or not\n to be ')).toEqual(['To', 'be,', 'or', 'not', 'to', 'be'])
 * ```
 */
export function splitWords(text: string): string[] {
  return text.match(/\S+/g) ?? []
}
