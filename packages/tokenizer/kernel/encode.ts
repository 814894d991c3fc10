import { IDS, MASKS, STARTS, WINDOW } from './layout'
import { longPiece, seedLong } from './long-pieces'
import { addShort, hashOf, isFull, SHORT, seedShort, slotBits, slots } from './short-pieces'

let stopped: u32 = 0

/**
 * Writes the ids of the window's pieces from number `first` up to `end` and returns how many ids there are. Stops where the
 * slots are full and `mayGrow`: `stoppedAt` is then below `end`.
 */
export function encodePieces(first: u32, end: u32, mayGrow: bool): u32 {
  let out = IDS
  const table = slots
  const bits = slotBits
  const mask: usize = ((<usize>1) << bits) - 1
  const idsOnly = i32x4(0x00ffffff, -1, -1, -1)
  let start: u32 = load<u32>(STARTS + ((<usize>first) << 2))
  let i = first
  while (i < end) {
    const stop = load<u32>(STARTS + ((<usize>i) << 2), 4)
    const length = stop - start
    const piece = WINDOW + start
    if (length > SHORT) {
      out += (<usize>longPiece(piece, length, out)) << 2
      start = stop
      i++
      continue
    }
    const low = load<u64>(piece) & load<u64>(MASKS + ((<usize>length) << 4))
    const high =
      (load<u64>(piece, 8) & load<u64>(MASKS + ((<usize>length) << 4), 8)) | ((<u64>length) << 56)
    let index = hashOf(low, high, bits)
    let slot = table + (index << 5)
    let found = load<u64>(slot, 8)
    while (found !== 0 && ((found ^ high) | (load<u64>(slot) ^ low)) !== 0) {
      index = (index + 1) & mask
      slot = table + (index << 5)
      found = load<u64>(slot, 8)
    }
    if (found !== 0) {
      const ids = v128.load(slot, 16)
      const count = <u32>i32x4.extract_lane(ids, 0) >> 24
      v128.store(out, v128.and(ids, idsOnly))
      if (count > 4) {
        const record: usize = load<u32>(slot, 20)
        for (let k: usize = 0; k < (<usize>count) << 2; k += 16)
          v128.store(out + k, v128.load(record + k))
      }
      out += (<usize>count) << 2
    } else {
      if (mayGrow && isFull()) break
      out += (<usize>addShort(piece, length, slot, low, high, out)) << 2
    }
    start = stop
    i++
  }
  stopped = i
  return <u32>(out - IDS) >> 2
}

/** The piece at which `encodePieces` stopped. */
export function stoppedAt(): u32 {
  return stopped
}

/**
 * Keeps that each of the window's pieces is one id, the one at its number among `IDS`. Returns how many it took: the
 * slots are full, or there is no room for long ones, where it is not all.
 */
export function seedPieces(count: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = STARTS + ((<usize>i) << 2)
    const piece = WINDOW + load<u32>(at)
    const length = load<u32>(at, 4) - load<u32>(at)
    const id = IDS + ((<usize>i) << 2)
    if (length > SHORT) {
      if (!seedLong(piece, length, id)) return i
      continue
    }
    if (isFull()) return i
    const masks = MASKS + ((<usize>length) << 4)
    const high = (load<u64>(piece, 8) & load<u64>(masks, 8)) | ((<u64>length) << 56)
    seedShort(load<u64>(piece) & load<u64>(masks), high, load<u32>(id))
  }
  return count
}
