import { MASKS, STARTS, WINDOW } from './layout'
import { hashOf, SHORT } from './short-pieces'

/** Thirty-two bytes per slot: the piece with its length in the last byte of sixteen (0: empty), then its count as a float64. */
let slots: usize = 0
let bits: u32 = 0
let room: u32 = 0

/** Begins with 2^`slotBits` empty slots, of which `most` may be taken. */
export function openCounts(at: usize, slotBits: u32, most: u32): void {
  slots = at
  bits = slotBits
  room = most
}

/** Counts the window's pieces from number `first` up to `end`, and returns where it stopped: at a long piece, or for want of room. */
export function countPieces(first: u32, end: u32): u32 {
  const table = slots
  const shift: u64 = 64 - bits
  const mask: usize = ((<usize>1) << bits) - 1
  let start: u32 = load<u32>(STARTS + ((<usize>first) << 2))
  for (let i = first; i < end; i++) {
    const stop = load<u32>(STARTS + ((<usize>i) << 2), 4)
    const length = stop - start
    if (length > SHORT) return i
    const piece = WINDOW + start
    const masks = MASKS + ((<usize>length) << 4)
    const low = load<u64>(piece) & load<u64>(masks)
    const high = (load<u64>(piece, 8) & load<u64>(masks, 8)) | ((<u64>length) << 56)
    let index = <usize>(hashOf(low, high) >> shift)
    let slot = table + (index << 5)
    let found = load<u64>(slot, 8)
    while (found !== 0 && ((found ^ high) | (load<u64>(slot) ^ low)) !== 0) {
      index = (index + 1) & mask
      slot = table + (index << 5)
      found = load<u64>(slot, 8)
    }
    if (found === 0) {
      if (room === 0) return i
      room--
      store<u64>(slot, low)
      store<u64>(slot, high, 8)
    }
    store<f64>(slot, load<f64>(slot, 16) + 1, 16)
    start = stop
  }
  return end
}
