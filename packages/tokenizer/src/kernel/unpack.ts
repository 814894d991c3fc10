import type { PackedPart, PackedParts } from '../published/packed-parts.js'
import type { SpecialName, Unpacked } from '../published/packed-vocabulary.js'
import { type Instance, openInstance, PAGE } from './instance.js'
import * as at from './layout.js'

/** Writes what merges make to `products`. */
export function writePackedProducts(
  { call }: Instance,
  runs: PackedParts['runs'],
  products: number,
): void {
  for (const { rank, id, count } of runs) call('countUp', products + rank * 4, id, count)
}

/** Puts merges into a kernel's table. */
export function addPacked(kernel: Instance, parts: PackedParts['parts']): void {
  const { call } = kernel
  let rank = 0
  for (const part of parts) {
    openPart(kernel, part)
    for (let left = part.size; left > 0; left -= at.WINDOW_NUMBERS) {
      const count = Math.min(at.WINDOW_NUMBERS, left)
      call('unpackPairs', at.WINDOW, at.IDS, count)
      call('addMerges', at.WINDOW, at.IDS, rank, count)
      rank += count
    }
  }
}

/**
 * Unpacks merges, and makes the tokens of `size` ids of them, in a kernel of its own, as that is compiled from its first call
 * on; null where there is none. Its slow twin is `unpack`.
 */
export function unpackInKernel(
  { parts, byteIds, runs, size: merges }: PackedParts,
  names: readonly SpecialName[],
  size: number,
): Unpacked | null {
  const left = at.TABLES
  const right = left + merges * 4
  const products = right + merges * 4
  const offsets = products + merges * 4
  const bytes = offsets + (size + 1) * 4
  const kernel = openInstance(bytes, bytes * 4)
  if (kernel === null) return null
  const { memory, call } = kernel

  let rank = 0
  for (const part of parts) {
    openPart(kernel, part)
    call('unpackPairs', left + rank * 4, right + rank * 4, part.size)
    rank += part.size
  }
  const lengths = new Uint32Array(memory.buffer, offsets, size + 1).fill(1, 0, 256)
  writePackedProducts(kernel, runs, products)
  for (const { rank, id, count } of runs) {
    call('addLengths', offsets, left + rank * 4, right + rank * 4, id, count)
  }
  for (const { id, name } of names) lengths[id] = name.length
  const total = call('sumLengths', offsets, size)
  // Sixteen bytes are written where a token may have one.
  memory.grow(Math.ceil((bytes + total + 16) / PAGE) - Math.ceil(bytes / PAGE))
  const spelled = new Uint8Array(memory.buffer, bytes, total)
  byteIds.forEach((id, byte) => {
    spelled[id] = byte
  })
  for (const { rank, id, count } of runs) {
    call('spellTokens', bytes, offsets, left + rank * 4, right + rank * 4, id, count)
  }
  const found = {
    left: new Int32Array(memory.buffer, left, merges).slice(),
    right: new Int32Array(memory.buffer, right, merges).slice(),
    product: new Int32Array(memory.buffer, products, merges).slice(),
    bytes: spelled.slice(),
    offsets: new Uint32Array(memory.buffer, offsets, size + 1).slice(),
  }
  for (const { id, name } of names) found.bytes.set(name, found.offsets[id])
  return found
}

/** Has the kernel read a part: its pairs are those that `unpackPairs` gives next. In place of what the kernel remembers. */
function openPart({ memory, call }: Instance, { text, start, classes }: PackedPart): void {
  const bytes = new Uint8Array(memory.buffer)
  const numbers = classes.flatMap(({ first, width }) => [first, width])
  new Uint32Array(memory.buffer).set(numbers, at.PACKED_CLASSES >> 2)
  // There is room for several times the largest.
  new TextEncoder().encodeInto(text, bytes.subarray(at.RECORDS, at.TABLES))
  call('decodeBase64', at.RECORDS, text.length)
  call('openPairs', at.RECORDS + start)
}
