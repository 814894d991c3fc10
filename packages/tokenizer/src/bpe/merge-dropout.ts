import { Heap } from '../heap.js'
import type { Dropout } from '../model.js'
import { type MergeTable, NO_MERGE } from './merge-table.js'

/**
 * Merges the `count` symbols at `ids[from]` in place with BPE dropout and returns how many are left: before each merge, the
 * pairs that could be merged are gone through, best rank first and leftmost among equals, and each is passed over with
 * probability `rate`; the first that is not is merged, and it ends when all are passed over. O(n log n / (1 - rate)).
 * Its slow twin is `mergeDropoutReference`.
 *
 * Algorithm 1 of "BPE-Dropout: Simple and Effective Subword Regularization" (Provilkov et al., 2020), drawing lazily.
 */
export function mergeWithDropout(
  table: MergeTable,
  ids: Uint32Array,
  from: number,
  count: number,
  { rate, random }: Dropout,
): number {
  const symbol = new Int32Array(count)
  const next = new Int32Array(count)
  const previous = new Int32Array(count)
  const heap = new Heap(count)
  for (let i = 0; i < count; i++) {
    symbol[i] = ids[from + i] as number
    next[i] = i + 1
    previous[i] = i - 1
  }
  // One number per entry, ordered as (rank, position): ranks stay below 2^21, so it is exact.
  const offer = (i: number, j: number): void => {
    const rank = table.rank(symbol[i] as number, symbol[j] as number)
    if (rank !== NO_MERGE) heap.push(rank * count + i)
  }
  for (let i = 0; i + 1 < count; i++) offer(i, i + 1)
  let passedOver: number[] = []
  while (heap.size > 0) {
    const entry = heap.pop()
    const rank = Math.floor(entry / count)
    const i = entry - rank * count
    const j = next[i] as number
    if (symbol[i] === -1 || j >= count) continue
    if (table.rank(symbol[i] as number, symbol[j] as number) !== rank) continue
    if (random() < rate) {
      passedOver.push(entry)
      continue
    }
    for (const each of passedOver) heap.push(each)
    passedOver = []
    symbol[i] = table.product[rank] as number
    symbol[j] = -1
    const after = next[j] as number
    next[i] = after
    if (after < count) {
      previous[after] = i
      offer(i, after)
    }
    const before = previous[i] as number
    if (before >= 0) offer(before, i)
  }
  let n = 0
  for (let i = 0; i < count; i = next[i] as number) ids[from + n++] = symbol[i] as number
  return n
}
