import type { TokenTable } from './token-table.js'

/**
 * Makes the function that puts the bytes of ids in a row. It calls `check` for each that is no id, which throws, or when there
 * are `unused` ones, for all.
 */
export function joinTokens(
  { bytes, offsets, size }: TokenTable,
  unused: boolean,
  check: (id: number, index: number) => void,
): (ids: ArrayLike<number>) => Uint8Array {
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

  return (ids) => {
    const count = ids.length
    let length = 0
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number
      if (unused || id >>> 0 !== id || id >= size) check(id, i)
      length += (offsets[id + 1] as number) - (offsets[id] as number)
    }
    const out = new Uint8Array(length)
    const to = new DataView(out.buffer)
    // Eight bytes at a time where nothing ends so soon; what is too much of them, the next id overwrites.
    const lastFrom = bytes.length - 8
    const lastTo = length - 8
    let at = 0
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number
      let k = offsets[id] as number
      const end = offsets[id + 1] as number
      if (end - k <= 8 && k <= lastFrom && at <= lastTo) {
        to.setInt32(at, from.getInt32(k))
        to.setInt32(at + 4, from.getInt32(k + 4))
        at += end - k
      } else while (k < end) out[at++] = bytes[k++] as number
    }
    return out
  }
}
