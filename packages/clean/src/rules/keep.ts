import type { Document, OnDrop, Stage, Verdict } from '@llm/data'
import type { Rule } from './rule.js'

/** What `keep` accepts: rules, or promises of rules for those that load data first (`languageIs`). */
export type Rules = Rule | Promise<Rule> | readonly (Rule | Promise<Rule>)[]

export interface KeepOptions {
  /**
   * `'filter'` (default) drops a document at the first rule it fails. `'annotate'` drops nothing, asks every rule
   * and appends all verdicts to `metadata.verdicts`, so that thresholds can be changed later without running again.
   */
  readonly mode?: 'filter' | 'annotate'
  /** Told of every dropped document and the verdict that dropped it. */
  readonly onDrop?: OnDrop
}

/**
 * A stage that keeps the documents which pass all rules, asked in the order given.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { keep } = await import('./keep.js')
 * const { minimumWords } = await import('./minimum-words.js')
 * async function* input() {
 *   yield { id: 'a', text: 'three words here' }
 *   yield { id: 'b', text: 'one' }
 * }
 * const kept: string[] = []
 * const dropped: string[] = []
 * const stage = keep(minimumWords(2), { onDrop: (document, verdict) => dropped.push(verdict.reason) })
 * for await (const document of stage(input())) kept.push(document.id)
 * expect(kept).toEqual(['a'])
 * expect(dropped).toEqual(['1 words, at least 2 wanted'])
 * ```
 */
export function keep(rules: Rules, options: KeepOptions = {}): Stage {
  const { mode = 'filter', onDrop } = options
  const pending = Promise.all(Array.isArray(rules) ? rules : [rules]) as Promise<Rule[]>
  // The stage may start much later; a rule that failed to load is reported when it does.
  pending.catch(() => {})
  return async function* (input) {
    const ready = await pending
    for await (const document of input) {
      if (mode === 'annotate') yield annotate(document, ready)
      else {
        const failed = firstFailure(document, ready)
        if (failed === undefined) yield document
        else onDrop?.(document, failed)
      }
    }
  }
}

function firstFailure(document: Document, rules: readonly Rule[]): Verdict | undefined {
  for (const rule of rules) {
    const verdict = rule(document)
    if (!verdict.keep) return verdict
  }
  return undefined
}

function annotate(document: Document, rules: readonly Rule[]): Document {
  const earlier = document.metadata?.verdicts
  const verdicts = [
    ...(Array.isArray(earlier) ? earlier : []),
    ...rules.map((rule) => rule(document)),
  ]
  return { ...document, metadata: { ...document.metadata, verdicts } }
}
