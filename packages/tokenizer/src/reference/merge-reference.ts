/** One merge: `left`, `right` become `product`. Its place in the list is its rank. */
export interface MergeRule {
  readonly left: number
  readonly right: number
  readonly product: number
}

/** BPE by the book: again and again, merge the leftmost pair of the lowest rank. O(n^2 * merges). */
export function mergeReference(rules: readonly MergeRule[], ids: readonly number[]): number[] {
  let row = [...ids]
  for (;;) {
    const ranks = row
      .slice(1)
      .map((right, i) => rules.findIndex((rule) => rule.left === row[i] && rule.right === right))
    const best = Math.min(...ranks.filter((rank) => rank >= 0))
    if (best === Number.POSITIVE_INFINITY) return row
    const at = ranks.indexOf(best)
    row = [...row.slice(0, at), rules[best]!.product, ...row.slice(at + 2)]
  }
}
