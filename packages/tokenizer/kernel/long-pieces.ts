import { LONG_SLOT_BITS, LONG_SLOTS } from './layout'
import { merge } from './merge'
import { mergeLong } from './merge-long'
import { GOLDEN, PRIME } from './multipliers'
import { copyBytes, newRecord } from './records'

/** Longer pieces are not kept: they hardly ever repeat. */
const LONG: u32 = 256

const LIMIT: u32 = 80_000
const MASK: u32 = (1 << LONG_SLOT_BITS) - 1

let entries: u32 = 0

/** The ids of a piece of 16 bytes or more, found or merged, to `ids`; returns their number. */
export function longPiece(piece: usize, length: u32, ids: usize): u32 {
  const hash = hashOf(piece, length)
  const slot = find(hash, piece, length)
  const found: usize = load<u32>(slot, 4)
  if (found !== 0) {
    const count: u32 = load<u16>(found, 2)
    copyBytes(ids, found + 4, (<usize>count) << 2)
    return count
  }
  if (length > LONG) return mergeLong(piece, length, ids)
  const count = merge(piece, length, ids)
  add(slot, hash, piece, length, ids, count)
  return count
}

/** Keeps that a piece is one id, the one at `id`, unless it is there already. False when there is no room. */
export function seedLong(piece: usize, length: u32, id: usize): bool {
  const hash = hashOf(piece, length)
  const slot = find(hash, piece, length)
  return load<u32>(slot, 4) !== 0 || add(slot, hash, piece, length, id, 1)
}

/** A record: length, number of ids, ids, bytes. */
function add(slot: usize, hash: u32, piece: usize, length: u32, ids: usize, count: u32): bool {
  if (entries >= LIMIT) return false
  const record = newRecord(4 + (count << 2) + length)
  if (record === 0) return false
  store<u16>(record, <u16>length)
  store<u16>(record, <u16>count, 2)
  copyBytes(record + 4, ids, (<usize>count) << 2)
  copyBytes(record + 4 + ((<usize>count) << 2), piece, length)
  store<u32>(slot, hash)
  store<u32>(slot, <u32>record, 4)
  entries++
  return true
}

/** The slot that holds a piece, or the empty one where it belongs. */
function find(hash: u32, piece: usize, length: u32): usize {
  let index = hash & MASK
  let slot = LONG_SLOTS + ((<usize>index) << 3)
  while (load<u32>(slot, 4) !== 0 && !holds(slot, hash, piece, length)) {
    index = (index + 1) & MASK
    slot = LONG_SLOTS + ((<usize>index) << 3)
  }
  return slot
}

function holds(slot: usize, hash: u32, piece: usize, length: u32): bool {
  if (load<u32>(slot) !== hash) return false
  const record: usize = load<u32>(slot, 4)
  if (load<u16>(record) !== length) return false
  return same(piece, record + 4 + ((<usize>load<u16>(record, 2)) << 2), length)
}

function same(a: usize, b: usize, length: u32): bool {
  const last: usize = length - 16
  for (let i: usize = 0; i < last; i += 16) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false
  }
  return !v128.any_true(v128.xor(v128.load(a + last), v128.load(b + last)))
}

function hashOf(piece: usize, length: u32): u32 {
  const last: usize = length - 8
  let hash: u64 = length
  for (let i: usize = 0; i < last; i += 8) {
    hash = rotl<u64>(hash, 29) ^ (load<u64>(piece + i) * PRIME)
    hash *= GOLDEN
  }
  hash = (rotl<u64>(hash, 29) ^ load<u64>(piece + last)) * GOLDEN
  hash ^= hash >> 32
  hash *= PRIME
  return <u32>(hash >> 32)
}
