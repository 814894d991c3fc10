/** No place in a class takes more bits. */
const MOST_BITS = 18

/**
 * How to divide the ids from 0 on into so many classes, each of a power of two of ids, so that all of them take the fewest bits
 * when each is written as its class and its place there: the logarithms of the sizes. Part of the build.
 */
export function classWidths(ids: readonly number[], classes: number): number[] {
  const end = ids.reduce((most, id) => Math.max(most, id + 1), 0)
  /** How many of the ids are lower. */
  const below = new Float64Array(end + 1)
  for (const id of ids) below[id + 1] = (below[id + 1] as number) + 1
  for (let id = 0; id < end; id++) below[id + 1] = (below[id + 1] as number) + (below[id] as number)

  /** The fewest bits for all from an id on, in 0, 1 ... classes, and the width of the first of these. */
  let bits = new Float64Array(end + 1).fill(Number.POSITIVE_INFINITY)
  bits[end] = 0
  const firsts: Uint8Array[] = []
  for (let n = 0; n < classes; n++) {
    const fewer = bits
    const first = new Uint8Array(end + 1)
    bits = new Float64Array(end + 1).fill(Number.POSITIVE_INFINITY)
    bits[end] = 0
    for (let id = 0; id < end; id++) {
      for (let width = 0; width <= MOST_BITS; width++) {
        const next = Math.min(end, id + 2 ** width)
        const inside = (below[next] as number) - (below[id] as number)
        const sum = inside * width + (fewer[next] as number)
        if (sum < (bits[id] as number)) {
          bits[id] = sum
          first[id] = width
        }
      }
    }
    firsts.unshift(first)
  }
  let at = 0
  return firsts.map((first) => {
    const width = first[Math.min(at, end)] as number
    at += 2 ** width
    return width
  })
}
