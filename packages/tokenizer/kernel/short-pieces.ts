import { merge } from './merge'
import { GOLDEN, PRIME } from './multipliers'
import { newRecord } from './records'
import { touch } from './touch'

/** Pieces up to this many bytes are keyed by their bytes, which with the length fill sixteen. */
export const SHORT: u32 = 15
/** A piece lies in one of so many bytes of slots, or is not kept: what is made to collide takes no longer to find. */
const REACH: usize = 256 << 5

/**
 * Thirty-two bytes per slot: the piece and, in the last byte of its sixteen, its length (0: empty); then up to three ids or, when
 * there are more, where they are, and in the last byte their number.
 */
export let slots: usize = 0
export let slotBits: u32 = 0
let mostBits: u32 = 0
let entries: u32 = 0
let limit: u32 = 0

/** Where the 2^`bits` empty slots lie. The host has made room for 2^`most` and `REACH` behind them. */
export function openSlots(at: usize, bits: u32, most: u32): void {
  slots = at
  mostBits = most
  entries = 0
  setBits(bits)
}

/** They are filled to 0.6. */
function setBits(bits: u32): void {
  slotBits = bits
  limit = ((<u32>3) << bits) / 5
}

/** Where the search for a key begins, in slots, of which there are 2^(64 - `shift`). */
export function hashOf(low: u64, high: u64, shift: u64): usize {
  const hash: u64 = (low ^ (high * PRIME)) * GOLDEN
  return <usize>(hash >> shift)
}

/** Where the search for a key begins. */
function homeOf(low: u64, high: u64): usize {
  return slots + (hashOf(low, high, 64 - slotBits) << 5)
}

/** The slot that holds a key, or the empty one where it belongs; 0 when that is out of reach. */
function find(home: usize, low: u64, high: u64): usize {
  for (let slot = home; slot < home + REACH; slot += 32) {
    const found = load<u64>(slot, 8)
    if (found === 0 || (found === high && load<u64>(slot) === low)) return slot
  }
  return 0
}

/**
 * As `find`. What is found changes places with what is where the search begins, unless that would be out of reach: so those that are
 * found often stay there.
 */
export function findShort(home: usize, low: u64, high: u64): usize {
  const slot = find(home, low, high)
  if (slot <= home || load<u64>(slot, 8) === 0) return slot
  if (slot >= homeOf(load<u64>(home), load<u64>(home, 8)) + REACH) return slot
  const key = v128.load(slot)
  const ids = v128.load(slot, 16)
  v128.store(slot, v128.load(home))
  v128.store(slot, v128.load(home, 16), 16)
  v128.store(home, key)
  v128.store(home, ids, 16)
  return home
}

/** Merges a piece that was not found, keeps it in the empty slot (0: none) if it may, and returns the number of ids. */
export function addShort(
  piece: usize,
  length: u32,
  slot: usize,
  low: u64,
  high: u64,
  ids: usize,
): u32 {
  const count = merge(piece, length, ids)
  if (slot === 0 || entries >= limit) return count
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

/** Keeps that a piece is one id, unless it is there already. False when there is no room. */
export function seedShort(low: u64, high: u64, id: u32): bool {
  growIfFull()
  const slot = find(homeOf(low, high), low, high)
  if (slot === 0 || entries >= limit) return false
  if (load<u64>(slot, 8) !== 0) return true
  store<u64>(slot, low)
  store<u64>(slot, high, 8)
  store<u32>(slot, id, 16)
  store<u8>(slot, 1, 31)
  entries++
  return true
}

/**
 * Doubles the slots when they are full and may grow. Runs of slots that are taken move one after the other from the last on, to
 * about twice their place: nothing in a run belongs before it, so it goes to where only what has moved before is. As each
 * keeps its order, no piece comes to lie farther from where it belongs.
 */
export function growIfFull(): void {
  if (entries < limit || slotBits === mostBits) return
  const size = (<usize>32) << slotBits
  let end = slots + size + REACH
  touch(end, end + size)
  setBits(slotBits + 1)
  for (;;) {
    while (end > slots && load<u64>(end - 32, 8) === 0) end -= 32
    let start = end
    while (start > slots && load<u64>(start - 32, 8) !== 0) start -= 32
    if (end - start >= start - slots) break
    moveSlots(start, end)
    end = start
  }
  // A run as long as what is before it would move onto itself: all up to there goes behind first, where nothing is any more.
  const behind = min(end, slots + size)
  memory.copy(behind, slots, end - slots)
  memory.fill(slots, 0, behind - slots)
  moveSlots(behind, behind + (end - slots))
}

function moveSlots(from: usize, end: usize): void {
  for (let old = from; old < end; old += 32) {
    const low = load<u64>(old)
    const high = load<u64>(old, 8)
    if (high === 0) continue
    const key = v128.load(old)
    const ids = v128.load(old, 16)
    v128.store(old, i32x4.splat(0))
    v128.store(old, i32x4.splat(0), 16)
    const slot = find(homeOf(low, high), low, high)
    v128.store(slot, key)
    v128.store(slot, ids, 16)
  }
}
