import { gpt2Pattern } from './gpt2.js'
import type { Pattern } from './pattern.js'

/** The patterns that can be asked for by name. */
export type PatternName = 'gpt2'

const makers: Readonly<Record<PatternName, () => Pattern>> = { gpt2: gpt2Pattern }

/** The pattern of a name. */
export function pattern(name: PatternName): Pattern {
  return makers[name]()
}
