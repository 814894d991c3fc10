import { gpt2Regex } from './gpt2-regex.js'
import { type MergeRule, mergeReference } from './merge-reference.js'

/** Byte-level BPE by the book: the engine's regular expression cuts, each piece is merged alone. */
export function encodeReference(
  rules: readonly MergeRule[],
  byteIds: ArrayLike<number>,
  text: string,
): number[] {
  const utf8 = new TextEncoder()
  return (text.match(gpt2Regex()) ?? []).flatMap((piece) =>
    mergeReference(
      rules,
      Array.from(utf8.encode(piece), (byte) => byteIds[byte] as number),
    ),
  )
}
