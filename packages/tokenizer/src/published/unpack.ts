import { decodeBase64 } from '../formats/base64.js'
import { CLASSES, type PackedPart, type PackedParts } from './packed-parts.js'
import type { SpecialName, Unpacked } from './packed-vocabulary.js'

/** Unpacks merges, and makes the tokens of `size` ids of them. The slow twin of `unpackInKernel`. */
export function unpack(
  { parts, byteIds, runs, size: merges }: PackedParts,
  names: readonly SpecialName[],
  size: number,
): Unpacked {
  const left = new Int32Array(merges)
  const right = new Int32Array(merges)
  const product = new Int32Array(merges)
  let rank = 0
  for (const part of parts) {
    unpackPairs(part, left.subarray(rank), right.subarray(rank))
    rank += part.size
  }
  const offsets = new Uint32Array(size + 1).fill(1, 0, 256)
  for (const { rank, id, count } of runs) {
    for (let i = 0; i < count; i++) {
      product[rank + i] = id + i
      offsets[id + i] =
        (offsets[left[rank + i] as number] as number) +
        (offsets[right[rank + i] as number] as number)
    }
  }
  for (const { id, name } of names) offsets[id] = name.length
  let sum = 0
  for (let id = 0; id <= size; id++) {
    const length = offsets[id] as number
    offsets[id] = sum
    sum += length
  }
  const bytes = new Uint8Array(sum)
  byteIds.forEach((id, byte) => {
    bytes[id] = byte
  })
  for (const { id, name } of names) bytes.set(name, offsets[id])
  for (let r = 0; r < merges; r++) {
    let at = offsets[product[r] as number] as number
    for (const id of [left[r] as number, right[r] as number]) {
      const end = offsets[id + 1] as number
      for (let i = offsets[id] as number; i < end; i++) bytes[at++] = bytes[i] as number
    }
  }
  return { left, right, product, bytes, offsets }
}

/** The two ids of each merge: for each, from the lowest bit on, four bits for the class and as many as that has. */
function unpackPairs(
  { text, start, size, classes }: PackedPart,
  left: Int32Array,
  right: Int32Array,
): void {
  const utf8 = new TextEncoder().encode(text)
  // Four bytes at a time are read, of which the last may be none of the text.
  const bytes = new Uint8Array(utf8.length)
  decodeBase64(utf8, 0, utf8.length, bytes, 0)
  const first = Int32Array.from(classes, (each) => each.first)
  const width = Int32Array.from(classes, (each) => each.width)
  let bit = start * 8
  for (let i = 0; i < size * 2; i++) {
    const at = bit >> 3
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    const bits = word >>> (bit & 7)
    const kind = bits & (CLASSES - 1)
    const value = (first[kind] as number) + ((bits >>> 4) & ((1 << (width[kind] as number)) - 1))
    if (i % 2 === 0) left[i >> 1] = value
    else right[i >> 1] = value
    bit += 4 + (width[kind] as number)
  }
}
