import type { PatternName } from '../patterns/patterns.js'
import { type MergeRule, mergeReference } from './merge-reference.js'
import { patternRegex } from './pattern-regex.js'

/** Byte-level BPE by the book: the engine's regular expression cuts, each piece is merged alone. */
export function encodeReference(
  rules: readonly MergeRule[],
  byteIds: ArrayLike<number>,
  text: string,
  pattern: PatternName = 'gpt2',
): number[] {
  const utf8 = new TextEncoder()
  return (text.match(patternRegex(pattern)) ?? []).flatMap((piece) =>
    mergeReference(
      rules,
      Array.from(utf8.encode(piece), (byte) => byteIds[byte] as number),
    ),
  )
}
