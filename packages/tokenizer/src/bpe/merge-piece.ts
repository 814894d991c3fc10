import { Heap } from '../heap.js'
import type { Dropout } from '../model.js'
import { type MergeTable, NO_MERGE } from './merge-table.js'

/** Up to here, scanning all pairs for the best one is faster than keeping a heap. */
const LINEAR = 64

const symbols = new Int32Array(LINEAR)
const ranks = new Int32Array(LINEAR)

/**
 * Merges the `count` symbols at `ids[from]` in place, best rank first and leftmost among equals, and returns how
 * many are left. O(n log n): pieces can be as long as the text. Its slow twin is `mergeReference`.
 *
 * With `dropout`, the pairs that could be merged are gone through in that order before each merge, and each is passed over with
 * probability `rate`; the first that is not is merged, and it ends when all are passed over: O(n log n / (1 - rate)).
 * Algorithm 1 of "BPE-Dropout: Simple and Effective Subword Regularization" (Provilkov et al., 2020), drawing lazily; the slow
 * twin is `mergeDropoutReference`.
 */
export function mergePiece(
  table: MergeTable,
  ids: Uint32Array,
  from: number,
  count: number,
  dropout?: Dropout,
): number {
  return count <= LINEAR && dropout === undefined
    ? mergeShort(table, ids, from, count)
    : mergeLong(table, ids, from, count, dropout)
}

function mergeShort(table: MergeTable, ids: Uint32Array, from: number, count: number): number {
  let n = count
  for (let i = 0; i < n; i++) symbols[i] = ids[from + i] as number
  for (let i = 0; i + 1 < n; i++) {
    ranks[i] = table.rank(symbols[i] as number, symbols[i + 1] as number)
  }
  for (;;) {
    let best = NO_MERGE
    let at = -1
    for (let i = 0; i + 1 < n; i++) {
      if ((ranks[i] as number) < best) {
        best = ranks[i] as number
        at = i
      }
    }
    if (at < 0) break
    const merged = table.product[best] as number
    symbols[at] = merged
    n--
    for (let i = at + 1; i < n; i++) {
      symbols[i] = symbols[i + 1] as number
      ranks[i] = ranks[i + 1] as number
    }
    if (at > 0) ranks[at - 1] = table.rank(symbols[at - 1] as number, merged)
    if (at + 1 < n) ranks[at] = table.rank(merged, symbols[at + 1] as number)
  }
  for (let i = 0; i < n; i++) ids[from + i] = symbols[i] as number
  return n
}

/** The same with a heap of (rank, position); entries whose pair has changed meanwhile are skipped when they come up. */
function mergeLong(
  table: MergeTable,
  ids: Uint32Array,
  from: number,
  count: number,
  dropout: Dropout | undefined,
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
    if (dropout !== undefined) {
      if (dropout.random() < dropout.rate) {
        passedOver.push(entry)
        continue
      }
      for (const each of passedOver) heap.push(each)
      passedOver = []
    }
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
