import { merge } from './merge'
import { GOLDEN, PRIME } from './multipliers'
import { newRecord } from './records'
import { touch } from './touch'

/** Pieces up to this many bytes are keyed by their bytes, which with the length fill sixteen. */
export const SHORT: u32 = 15
/** More slots than are ever taken side by side. */
const RUN: usize = 2048

/**
 * Thirty-two bytes per slot: the piece and, in the last byte of its sixteen, its length (0: empty); then up to three ids or, when
 * there are more, where they are, and in the last byte their number.
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

/** Where the search for a key begins, in slots, of which there are 2^(64 - `shift`). */
export function hashOf(low: u64, high: u64, shift: u64): usize {
  const hash: u64 = (low ^ (high * PRIME)) * GOLDEN
  return <usize>(hash >> shift)
}

/**
 * The slot of a key that is not where the search for it begins, or the empty one where it belongs. What is found changes
 * places with what is there: so those that are found often stay where the search begins.
 */
export function findShort(home: usize, low: u64, high: u64): usize {
  const end = slots + ((<usize>32) << slotBits)
  let slot = home
  for (;;) {
    const found = load<u64>(slot, 8)
    if (found === 0) return slot
    if (found === high && load<u64>(slot) === low) break
    slot += 32
    if (slot === end) slot = slots
  }
  const key = v128.load(slot)
  const ids = v128.load(slot, 16)
  v128.store(slot, v128.load(home))
  v128.store(slot, v128.load(home, 16), 16)
  v128.store(home, key)
  v128.store(home, ids, 16)
  return home
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
  if (count > 3) {
    const record = newRecord(count << 2)
    if (record === 0) return count
    memory.copy(record, ids, (<usize>count) << 2)
    store<u32>(slot, <u32>record, 16)
  } else v128.store(slot, v128.load(ids), 16)
  store<u8>(slot, <u8>count, 31)
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
  store<u32>(slot, id, 16)
  store<u8>(slot, 1, 31)
  entries++
}

/**
 * Doubles the slots, for which the host has made room behind them, and sets how many may be taken. Uses 2 * `RUN` slots at `aside`.
 *
 * Runs of slots that are taken move one by one from the last on, to about twice their place: nothing in a run belongs before
 * it, so all moves to where only what has moved before is. The first run waits aside, as one before it goes on there from the end.
 */
export function growSlots(most: u32, aside: usize): void {
  const end = slots + ((<usize>32) << slotBits)
  touch(end, end + (end - slots))
  let slot = slots
  while (slot < end && load<u64>(slot, 8) !== 0) slot += 32
  const first = takeRun(slots, slot, aside)
  openSlots(slots, slotBits + 1, most)
  for (slot = end; slot > slots; ) {
    slot -= 32
    if (load<u64>(slot, 8) === 0) continue
    const last = slot + 32
    while (load<u64>(slot - 32, 8) !== 0) slot -= 32
    putRun(aside + (RUN << 5), takeRun(slot, last, aside + (RUN << 5)))
  }
  putRun(aside, first)
}

/** Moves the slots before `end` aside and returns where they end there. No run is as long as `RUN`, or the rest is forgotten. */
function takeRun(from: usize, end: usize, aside: usize): usize {
  const size = min(end - from, RUN << 5)
  memory.copy(aside, from, size)
  memory.fill(from, 0, end - from)
  return aside + size
}

function putRun(from: usize, end: usize): void {
  for (let old = from; old < end; old += 32) {
    const slot = emptySlot(load<u64>(old), load<u64>(old, 8))
    if (slot === 0) continue
    v128.store(slot, v128.load(old))
    v128.store(slot, v128.load(old, 16), 16)
    entries++
  }
}

/** Where a key belongs; 0 when it is there. */
function emptySlot(low: u64, high: u64): usize {
  const mask = ((<usize>1) << slotBits) - 1
  let index = hashOf(low, high, 64 - slotBits)
  for (;;) {
    const slot = slots + (index << 5)
    const found = load<u64>(slot, 8)
    if (found === 0) return slot
    if (found === high && load<u64>(slot) === low) break
    index = (index + 1) & mask
  }
  return 0
}
