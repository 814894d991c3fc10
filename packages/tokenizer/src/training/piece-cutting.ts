import type { PartJson } from '../hugging-face/format.js'
import { readNormalizer } from '../hugging-face/read-normalizer.js'
import { type PatternRule, patternOf } from '../patterns/rule.js'
import { kernelCounter } from './kernel-counter.js'
import { type Parts, partsCounter } from './parts-counter.js'
import { type PieceCounter, patternCounter } from './piece-counter.js'
import { spacesPattern } from './spaces-pattern.js'

/** How texts are cut into pieces, in plain data, so that another thread can do it. */
export type Cutting = { readonly pattern: PatternRule } | { readonly parts: Parts } | SpacesCutting

/** Before spaces, as SentencePiece does. */
export interface SpacesCutting {
  /** Whether a run of spaces stays together. */
  readonly spaces: 'runs' | 'single'
  readonly normalizer: PartJson | null
  /** A space comes before each text. */
  readonly addPrefixSpace: boolean
}

export function pieceCounter(cutting: Cutting): PieceCounter {
  if ('pattern' in cutting) {
    return kernelCounter(cutting.pattern) ?? patternCounter(patternOf(cutting.pattern))
  }
  if ('parts' in cutting) return partsCounter(cutting.parts)
  const normalizer = readNormalizer(cutting.normalizer)
  const counter = patternCounter(spacesPattern(cutting.spaces))
  const prefix = cutting.addPrefixSpace ? ' ' : ''
  return {
    add: (text) => counter.add(prefix + (normalizer?.apply(text) ?? text)) - prefix.length,
    counts: () => counter.counts(),
  }
}
