/** A set of code points: half-open ranges in ascending order that do not touch. */
export type CodePointSet = readonly (readonly [first: number, end: number])[]

const END = 0x110000

export const EVERYTHING: CodePointSet = [[0, END]]

/** The set of what any of the ranges hold, in any order. */
export function unite(ranges: Iterable<readonly [first: number, end: number]>): CodePointSet {
  const out: [number, number][] = []
  for (const [first, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const before = out[out.length - 1]
    if (before !== undefined && first <= before[1]) before[1] = Math.max(before[1], end)
    else if (end > first) out.push([first, end])
  }
  return out
}

export function complement(set: CodePointSet): CodePointSet {
  const out: [number, number][] = []
  let at = 0
  for (const [first, end] of set) {
    if (first > at) out.push([at, first])
    at = end
  }
  if (at < END) out.push([at, END])
  return out
}

export function intersect(a: CodePointSet, b: CodePointSet): CodePointSet {
  return complement(unite([...complement(a), ...complement(b)]))
}

export function contains(set: CodePointSet, point: number): boolean {
  return set.some(([first, end]) => point >= first && point < end)
}
