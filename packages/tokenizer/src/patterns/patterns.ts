import { cl100kPattern } from './cl100k.js'
import { gpt2Pattern } from './gpt2.js'
import { o200kPattern } from './o200k.js'
import type { Pattern } from './pattern.js'

/** The patterns that can be asked for by name. */
export type PatternName = 'gpt2' | 'cl100k' | 'o200k' | 'llama3' | 'qwen2' | 'nanochat'

const makers: Readonly<Record<PatternName, () => Pattern>> = {
  gpt2: gpt2Pattern,
  cl100k: () => cl100kPattern({ digits: 3, wholeTail: true }),
  o200k: o200kPattern,
  llama3: () => cl100kPattern({ digits: 3, wholeTail: false }),
  qwen2: () => cl100kPattern({ digits: 1, wholeTail: false }),
  nanochat: () => cl100kPattern({ digits: 2, wholeTail: false }),
}

/** The pattern of a name. */
export function pattern(name: PatternName): Pattern {
  return makers[name]()
}
