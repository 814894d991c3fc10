import { type TrainingWords, UNCOVERED } from './training-words.js'

/** Texts that may become pieces: where each stands in the words, its length, and how often it occurs. */
export interface Candidates {
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
  readonly counts: Float64Array
}

/**
 * The texts that occur at least twice within words and cannot be made longer without losing an occurrence, found by
 * sorting all suffixes. Lengths are from 2 up to `limit` UTF-16 units; those of `limit` stand for longer ones too.
 */
export function repeatedTexts(words: TrainingWords, limit: number): Candidates {
  const suffixes = suffixArray(words, limit)
  const counts = countsByPlace(words)
  const out = { starts: [] as number[], lengths: [] as number[], counts: [] as number[] }
  // Open texts, each a prefix of the next: where one occurs, its length, how often so far.
  const starts: number[] = []
  const lengths: number[] = []
  const sums: number[] = []
  const open = (start: number, length: number, count: number): void => {
    starts.push(start)
    lengths.push(length)
    sums.push(count)
  }

  function closeDownTo(length: number): void {
    while (lengths.length > 0 && (lengths[lengths.length - 1] as number) > length) {
      const start = starts.pop() as number
      const closed = lengths.pop() as number
      const count = sums.pop() as number
      if (closed >= 2 && count >= 2) {
        out.starts.push(start)
        out.lengths.push(closed)
        out.counts.push(count)
      }
      const above = lengths[lengths.length - 1] ?? 0
      if (above >= length && lengths.length > 0) {
        sums[sums.length - 1] = (sums[sums.length - 1] as number) + count
      } else if (length > 0) open(start, length, count)
    }
  }

  let previous = -1
  for (const suffix of suffixes) {
    const length = lengthAt(words.units, suffix, limit)
    const shared = previous < 0 ? 0 : common(words.units, previous, suffix, limit)
    closeDownTo(shared)
    const count = counts[suffix] as number
    if (length === shared && lengths.length > 0) {
      sums[sums.length - 1] = (sums[sums.length - 1] as number) + count
    } else open(suffix, length, count)
    previous = suffix
  }
  closeDownTo(0)
  return {
    starts: Uint32Array.from(out.starts),
    lengths: Uint32Array.from(out.lengths),
    counts: Float64Array.from(out.counts),
  }
}

/** Where suffixes of words start, in the order of their first `limit` units. */
function suffixArray({ units }: TrainingWords, limit: number): Uint32Array {
  let size = 0
  const array = new Uint32Array(units.length)
  for (let i = 0; i < units.length; i++) {
    if (unitAt(units, i) !== 0 && !isLow(units[i] as number)) array[size++] = i
  }
  const suffixes = array.subarray(0, size)
  sortSuffixes(units, suffixes, 0, size, 0, limit)
  return suffixes
}

/** Multikey quicksort: "Fast Algorithms for Sorting and Searching Strings" (Bentley and Sedgewick, 1997). */
function sortSuffixes(
  units: Uint16Array,
  array: Uint32Array,
  from: number,
  to: number,
  depth: number,
  limit: number,
): void {
  if (to - from < 2 || depth === limit) return
  const key = (i: number): number => unitAt(units, (array[i] as number) + depth)
  const pivot = median(key(from), key((from + to) >> 1), key(to - 1))
  let less = from
  let greater = to
  for (let i = from; i < greater; ) {
    const unit = key(i)
    if (unit === pivot) i++
    else {
      const other = unit < pivot ? less++ : --greater
      const held = array[i] as number
      array[i] = array[other] as number
      array[other] = held
      if (unit < pivot) i++
    }
  }
  sortSuffixes(units, array, from, less, depth, limit)
  if (pivot !== 0) sortSuffixes(units, array, less, greater, depth + 1, limit)
  else array.subarray(less, greater).sort()
  sortSuffixes(units, array, greater, to, depth, limit)
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

/** Words end at a zero; texts end before a character that gets no piece, too. */
function unitAt(units: Uint16Array, at: number): number {
  const unit = units[at] as number
  return unit === UNCOVERED ? 0 : unit
}

function lengthAt(units: Uint16Array, at: number, limit: number): number {
  let length = 0
  while (length < limit && unitAt(units, at + length) !== 0) length++
  return length
}

function common(units: Uint16Array, a: number, b: number, limit: number): number {
  let length = 0
  while (
    length < limit &&
    unitAt(units, a + length) !== 0 &&
    units[a + length] === units[b + length]
  ) {
    length++
  }
  return length
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}

function countsByPlace({ units, starts, counts }: TrainingWords): Float64Array {
  const out = new Float64Array(units.length)
  for (let i = 0; i < counts.length; i++) out.fill(counts[i] as number, starts[i], starts[i + 1])
  return out
}
