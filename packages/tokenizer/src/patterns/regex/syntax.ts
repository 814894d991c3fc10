import type { CodePointSet } from './code-point-set.js'

/**
 * Which engine's syntax a pattern is in, where they differ: Oniguruma's, as a tokenizer.json has it, or that of Rust's
 * fancy-regex, as tiktoken has it.
 */
export type RegexSyntax = 'oniguruma' | 'rust'

/** A parsed regular expression. */
export type RegexNode =
  | { readonly type: 'characters'; readonly set: CodePointSet }
  | { readonly type: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly type: 'either'; readonly choices: readonly RegexNode[] }
  | Repetition
  | {
      readonly type: 'look'
      readonly body: RegexNode
      readonly negative: boolean
      readonly offset: number
    }
  | { readonly type: 'atomic'; readonly body: RegexNode; readonly offset: number }
  | Edge

/** `max` is infinite for `*` and `+`. */
export interface Repetition {
  readonly type: 'repeat'
  readonly body: RegexNode
  readonly min: number
  readonly max: number
  readonly lazy: boolean
}

/**
 * A condition on the characters around a place: the one before is in `before`, or there is none and `start`; the one after
 * is in `after`, or there is none and `end`.
 */
export interface Edge {
  readonly type: 'edge'
  readonly before: CodePointSet
  readonly start: boolean
  readonly after: CodePointSet
  readonly end: boolean
}
