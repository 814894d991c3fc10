import type { Dropout } from '../model.js'
import type { MergeRule } from './merge-reference.js'

/** BPE dropout by the book: before every merge, list all pairs anew and draw for each until one stays. */
export function mergeDropoutReference(
  rules: readonly MergeRule[],
  ids: readonly number[],
  { rate, random }: Dropout,
): number[] {
  let row = [...ids]
  for (;;) {
    const kept = row
      .slice(1)
      .map((right, at) => ({
        at,
        rank: rules.findIndex((rule) => rule.left === row[at] && rule.right === right),
      }))
      .filter(({ rank }) => rank >= 0)
      .sort((a, b) => a.rank - b.rank || a.at - b.at)
      .find(() => random() >= rate)
    if (kept === undefined) return row
    const { at, rank } = kept
    row = [...row.slice(0, at), rules[rank]!.product, ...row.slice(at + 2)]
  }
}
