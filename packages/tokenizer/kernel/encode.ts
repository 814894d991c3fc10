import { IDS, MASKS, SOUGHT, STARTS, WINDOW } from './layout'
import { longPiece, seedLong } from './long-pieces'
import {
  cellBits,
  cells,
  copyIds,
  entryOf,
  growIfFull,
  hashOf,
  SHORT,
  seedShort,
  shortPiece,
} from './short-pieces'

/** How many pieces are looked for at once. */
const BATCH: u32 = 256

/** The next piece, and where its ids go. In memory between functions, as what lives across a call slows the loops. */
let next: u32 = 0
let out: usize = IDS

/** Writes the ids of the window's `count` pieces and returns how many ids there are. */
export function encodePieces(count: u32): u32 {
  next = 0
  out = IDS
  while (next < count) {
    const last = min(count, (next | (BATCH - 1)) + 1)
    growIfFull()
    lookUp(last)
    for (encodeKnown(last); next < last; encodeKnown(last)) encodeNext()
  }
  return <u32>(out - IDS) >> 2
}

/**
 * Notes the keys of the pieces up to `last` and the cell where the search for each begins, and then reads these and their entries:
 * with little else between, many of these loads are under way at once.
 */
function lookUp(last: u32): void {
  const table = cells
  const shift: u64 = 64 - cellBits
  let piece = soughtAt(next)
  let at = STARTS + ((<usize>next) << 2)
  const end = STARTS + ((<usize>last) << 2)
  let start: usize = load<u32>(at)
  while (at < end) {
    const stop: usize = load<u32>(at, 4)
    let length = stop - start
    if (length > SHORT) length = SHORT + 1
    const low = load<u64>(start, WINDOW) & load<u64>(length << 4, MASKS)
    const high =
      (load<u64>(start, WINDOW + 8) & load<u64>(length << 4, MASKS + 8)) | ((<u64>length) << 56)
    store<u64>(piece, low)
    store<u64>(piece, high, 8)
    store<u32>(piece, <u32>(table + ((<usize>(hashOf(low, high) >> shift)) << 2)), 16)
    start = stop
    piece += 32
    at += 4
  }
  for (at = soughtAt(next); at < piece; at += 32) {
    const entry = entryOf(load<u32>(load<u32>(at, 16)))
    load<u8>(entry)
    store<u32>(at, <u32>entry, 16)
  }
}

/** Goes on up to a piece that is not where the search begins, or has many ids. */
function encodeKnown(last: u32): void {
  let to = out
  let piece = soughtAt(next)
  const end = piece + ((<usize>(last - next)) << 5)
  while (piece < end) {
    const entry: usize = load<u32>(piece, 16)
    if (
      ((load<u64>(entry) ^ load<u64>(piece)) | (load<u64>(entry, 8) ^ load<u64>(piece, 8))) !==
      0
    ) {
      break
    }
    const count: usize = load<u8>(entry, 31)
    if (count > 3) break
    v128.store(to, v128.load(entry, 16))
    to += count << 2
    piece += 32
  }
  out = to
  next = last - (<u32>(end - piece) >> 5)
}

/** Encodes one piece of any kind. */
function encodeNext(): void {
  const piece = soughtAt(next)
  const low = load<u64>(piece)
  const high = load<u64>(piece, 8)
  const start = load<u32>(STARTS + ((<usize>next) << 2))
  const length = load<u32>(STARTS + ((<usize>next) << 2), 4) - start
  let count: usize
  if (length > SHORT) count = longPiece(WINDOW + start, length, out)
  else {
    const entry: usize = load<u32>(piece, 16)
    const known = ((load<u64>(entry) ^ low) | (load<u64>(entry, 8) ^ high)) === 0
    count = known ? copyIds(entry, out) : shortPiece(WINDOW + start, length, low, high, out)
  }
  out += count << 2
  next++
}

function soughtAt(piece: u32): usize {
  return SOUGHT + ((<usize>(piece & (BATCH - 1))) << 5)
}

/**
 * Keeps that each of the window's pieces is one id, the one at its number among `IDS`. Returns how many it took: not all where
 * there is no room left.
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
    const masks = MASKS + ((<usize>length) << 4)
    const high = (load<u64>(piece, 8) & load<u64>(masks, 8)) | ((<u64>length) << 56)
    if (!seedShort(load<u64>(piece) & load<u64>(masks), high, load<u32>(id))) return i
  }
  return count
}
