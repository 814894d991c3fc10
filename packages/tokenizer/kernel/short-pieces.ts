import { merge } from './merge'
import { GOLDEN, PRIME } from './multipliers'
import { copyBytes, newRecord } from './records'

/** Pieces up to this many bytes are keyed by their bytes, which with the length fill sixteen. */
export const SHORT: u32 = 15
/** A piece's cell is one of so many bytes of them, or it is not kept: what is made to collide takes no longer to find. */
const REACH: usize = 256 << 2

/**
 * Four bytes per cell: where an entry is, with bits of its hash in place of five zeros (0: empty). There are more cells than entries,
 * and they are read here and there, so they are small; entries lie side by side, those of frequent pieces, which come early, together.
 */
export let cells: usize = 0
export let cellBits: u32 = 0
let mostBits: u32 = 0
/**
 * Thirty-two bytes per entry: the piece and, in the last byte of its sixteen, its length; then up to three ids or, when there are
 * more, where they are, and in the last byte their number. At 0, where memory is empty, there is that of no piece.
 */
let entries: usize = 0
let entriesEnd: usize = 0
let limit: usize = 0

/** Where 2^`bits` empty cells lie, at a multiple of 32. The host has made room for 2^`most`, for `REACH` behind them, and for their entries. */
export function openCells(at: usize, bits: u32, most: u32): void {
  cells = at
  mostBits = most
  entries = at + ((<usize>4) << most) + REACH
  entriesEnd = entries
  setBits(bits)
}

/** They are filled to 0.6. */
function setBits(bits: u32): void {
  cellBits = bits
  limit = entries + ((<usize>(((<u32>3) << bits) / 5)) << 5)
}

/** Of its upper bits as many as cells need are the place where the search for a key begins. */
export function hashOf(low: u64, high: u64): u64 {
  return (low ^ (high * PRIME)) * GOLDEN
}

function homeOf(hash: u64): usize {
  return cells + ((<usize>(hash >> (64 - cellBits))) << 2)
}

/** The entry of a cell. */
export function entryOf(cell: u32): usize {
  return cell & ~31
}

function cellOf(entry: usize, hash: u64): u32 {
  return <u32>entry | (<u32>(hash >> 32) & 31)
}

/** The cell of a key, or the empty one where it belongs; 0 when that is out of reach. */
function find(hash: u64, low: u64, high: u64): usize {
  const home = homeOf(hash)
  const bits = cellOf(0, hash)
  for (let at = home; at < home + REACH; at += 4) {
    const cell = load<u32>(at)
    if (cell === 0) return at
    if ((cell & 31) !== bits) continue
    const entry = entryOf(cell)
    if (load<u64>(entry, 8) === high && load<u64>(entry) === low) return at
  }
  return 0
}

/** Writes the ids of a piece that is not where the search for it begins, found or merged and then kept, and returns their number. */
export function shortPiece(piece: usize, length: u32, low: u64, high: u64, ids: usize): u32 {
  const hash = hashOf(low, high)
  const at = find(hash, low, high)
  if (at !== 0 && load<u32>(at) !== 0) {
    const entry = entryOf(load<u32>(at))
    moveHome(at, homeOf(hash))
    return copyIds(entry, ids)
  }
  const count = merge(piece, length, ids)
  if (at === 0 || entriesEnd >= limit) return count
  if (count > 3) {
    const record = newRecord(count << 2)
    if (record === 0) return count
    copyBytes(record, ids, (<usize>count) << 2)
    store<u32>(entriesEnd, <u32>record, 16)
  } else v128.store(entriesEnd, v128.load(ids), 16)
  addEntry(at, hash, low, high, count)
  return count
}

/** A cell changes places with the one where the search begins, unless that would be out of reach: so those found often stay there. */
function moveHome(at: usize, home: usize): void {
  const other = load<u32>(home)
  const entry = entryOf(other)
  if (at >= homeOf(hashOf(load<u64>(entry), load<u64>(entry, 8))) + REACH) return
  store<u32>(home, load<u32>(at))
  store<u32>(at, other)
}

/** Writes the ids of an entry and returns their number. */
export function copyIds(entry: usize, ids: usize): u32 {
  const count: usize = load<u8>(entry, 31)
  const from: usize = count > 3 ? load<u32>(entry, 16) : entry + 16
  copyBytes(ids, from, count << 2)
  return <u32>count
}

/** Keeps that a piece is one id, unless it is there already. False when there is no room. */
export function seedShort(low: u64, high: u64, id: u32): bool {
  growIfFull()
  const hash = hashOf(low, high)
  const at = find(hash, low, high)
  if (at === 0 || entriesEnd >= limit) return false
  if (load<u32>(at) !== 0) return true
  store<u32>(entriesEnd, id, 16)
  addEntry(at, hash, low, high, 1)
  return true
}

/** Makes the next entry, in which the ids are already, that of a key and a cell. */
function addEntry(at: usize, hash: u64, low: u64, high: u64, count: u32): void {
  store<u8>(entriesEnd, <u8>count, 31)
  store<u64>(entriesEnd, low)
  store<u64>(entriesEnd, high, 8)
  store<u32>(at, cellOf(entriesEnd, hash))
  entriesEnd += 32
}

/** Doubles the cells when they are full and may grow. In the same order, and with twice the room, no entry gets farther from its home. */
export function growIfFull(): void {
  if (entriesEnd < limit || cellBits === mostBits) return
  setBits(cellBits + 1)
  memory.fill(cells, 0, ((<usize>4) << cellBits) + REACH)
  for (let entry = entries; entry < entriesEnd; entry += 32) {
    const hash = hashOf(load<u64>(entry), load<u64>(entry, 8))
    let at = homeOf(hash)
    while (load<u32>(at) !== 0) at += 4
    store<u32>(at, cellOf(entry, hash))
  }
}
