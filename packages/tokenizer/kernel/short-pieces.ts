import { merge } from './merge'
import { GOLDEN, PRIME } from './multipliers'
import { newRecord } from './records'

/** Pieces up to this many bytes are keyed by their bytes, which with the length fill sixteen. */
export const SHORT: u32 = 15

/**
 * Thirty-two bytes per slot: the piece and, in the last byte of its sixteen, its length (0: empty); then four ids with their number
 * in the first one's upper byte, or, when there are more, where they are in the second one's place.
 */
export let slots: usize = 0
export let slotBits: u32 = 0
let entries: u32 = 0
let limit: u32 = 0

/** Where the 2^`bits` empty slots lie, and how many may be taken. */
export function openSlots(at: usize, bits: u32, most: u32): void {
  slots = at
  slotBits = bits
  limit = most
  entries = 0
}

export function isFull(): bool {
  return entries >= limit
}

/** Where the search for a key begins, in slots. */
export function hashOf(low: u64, high: u64, bits: u32): usize {
  const hash: u64 = (low ^ (high * PRIME)) * GOLDEN
  return <usize>(hash >> (64 - bits))
}

/** Merges a piece that was not found, keeps it in the empty slot if it may, and returns the number of ids. */
export function addShort(
  piece: usize,
  length: u32,
  slot: usize,
  low: u64,
  high: u64,
  ids: usize,
): u32 {
  const count = merge(piece, length, ids)
  if (isFull()) return count
  if (count > 4) {
    const record = newRecord(count << 2)
    if (record === 0) return count
    memory.copy(record, ids, (<usize>count) << 2)
    store<u32>(slot, <u32>record, 20)
  } else v128.store(slot, v128.load(ids), 16)
  const first = count > 4 ? 0 : load<u32>(ids)
  store<u32>(slot, first | (count << 24), 16)
  store<u64>(slot, low)
  store<u64>(slot, high, 8)
  entries++
  return count
}

/** Keeps that a piece is one id, unless it is there already. */
export function seedShort(low: u64, high: u64, id: u32): void {
  const slot = emptySlot(low, high)
  if (slot === 0 || isFull()) return
  store<u64>(slot, low)
  store<u64>(slot, high, 8)
  store<u32>(slot, id | (1 << 24), 16)
  entries++
}

/** Takes over `count` slots of a smaller table, which the host has copied to `from`. */
export function moveSlots(from: usize, count: u32): void {
  const end = from + ((<usize>count) << 5)
  for (let old = from; old < end; old += 32) {
    const high = load<u64>(old, 8)
    if (high === 0) continue
    const slot = emptySlot(load<u64>(old), high)
    if (slot === 0) continue
    v128.store(slot, v128.load(old))
    v128.store(slot, v128.load(old, 16), 16)
    entries++
  }
}

/** Where a key belongs; 0 when it is there. */
function emptySlot(low: u64, high: u64): usize {
  const mask = ((<usize>1) << slotBits) - 1
  let index = hashOf(low, high, slotBits)
  for (;;) {
    const slot = slots + (index << 5)
    const found = load<u64>(slot, 8)
    if (found === 0) return slot
    if (found === high && load<u64>(slot) === low) break
    index = (index + 1) & mask
  }
  return 0
}
