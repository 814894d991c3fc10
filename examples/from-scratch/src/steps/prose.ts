import type { Rule } from '@llm/clean'

/**
 * Keeps texts that are mostly sentences: at least `atLeast` of their characters are in paragraphs that end as a
 * sentence does and are longer than a heading. Lists of commits, tables and source code are not, whatever their words.
 *
 * This is a rule of the example's own; a rule is any function from a document to a verdict.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { prose } = await import('./prose.js')
 * const rule = prose({ atLeast: 0.5 })
 * const text = 'It was a dark and stormy night, and the rain fell in torrents.'
 * expect(rule({ id: 'a', text }).keep).toBe(true)
 * expect(rule({ id: 'b', text: '- 1.0.1 fix the build\n- 1.0.0 first version' }).keep).toBe(false)
 * ```
 */
export function prose({ atLeast }: { readonly atLeast: number }): Rule {
  return ({ text }) => {
    let all = 0
    let inSentences = 0
    for (const part of text.split(/\n[ \t]*\n/)) {
      const paragraph = part.trim()
      all += paragraph.length
      if (paragraph.length >= 40 && /[.!?:]["'”’)]{0,2}$/.test(paragraph))
        inSentences += paragraph.length
    }
    const share = all === 0 ? 0 : inSentences / all
    const reason = `${(100 * share).toFixed(0)} % of the text is in paragraphs of sentences, at least ${100 * atLeast} % wanted`
    return { keep: share >= atLeast, rule: 'prose', value: share, threshold: atLeast, reason }
  }
}
