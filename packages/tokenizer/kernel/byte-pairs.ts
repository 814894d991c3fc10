import { BYTE_PAIRS, RECORDS } from './layout'
import { NO_RANK, pairAt, productOf, rankOf } from './merge-table'

const NO_BOUND: u64 = 0x1fffff
/** What is noted of two bytes that no merge brings together. */
const NO_PAIR: u64 = (NO_BOUND << 42) | (NO_BOUND << 21) | NO_BOUND
/** The merge of two bytes may come after merges of what it makes. */
const LATE: u64 = (<u64>1) << 63

// Of each symbol, while pairs are noted: the first and the last byte of what it stands for, and these.
const ENDS: usize = RECORDS
const KNOWN: u32 = 1 << 16
const USED: u32 = 1 << 17

/**
 * Notes of each two bytes a, b in 21 bits each: the rank of their merge, the lowest rank of a merge of b with a symbol before
 * it that ends with a, and the lowest of a merge of a with a symbol behind it that begins with b.
 */
export function notePairs(merges: u32): void {
  for (let at = BYTE_PAIRS; at < BYTE_PAIRS + 0x80000; at += 8) store<u64>(at, NO_PAIR)
  memory.fill(ENDS, 0, (<usize>(merges + 256)) << 2)
  for (let byte: u32 = 0; byte < 256; byte++) store<u32>(endsOf(byte), byte | (byte << 8) | KNOWN)
  // A merge can stand before those that make its parts; a symbol whose ends stay unknown never comes to be.
  while (!noteAll(merges)) {}
}

/** True when no symbol's ends became known after it was used. */
function noteAll(merges: u32): bool {
  let done = true
  for (let rank: u32 = 0; rank < merges; rank++) {
    const pair = pairAt(rank)
    const left = <u32>(pair >> 32)
    const right = <u32>pair
    if (max(left, right) >= merges + 256) continue
    const a = load<u32>(endsOf(left))
    const b = load<u32>(endsOf(right))
    store<u32>(endsOf(left), a | USED)
    store<u32>(endsOf(right), b | USED)
    if ((a & b & KNOWN) === 0) continue
    const product = endsOf(productOf(rank))
    const ends = load<u32>(product)
    if ((ends & KNOWN) === 0) {
      store<u32>(product, (a & 0xff) | (b & 0xff00) | KNOWN | (ends & USED))
      if ((ends & USED) !== 0) done = false
    }
    if (min(left, right) >= 256) continue
    const at = BYTE_PAIRS + ((<usize>(((a >> 8) & 0xff) | ((b & 0xff) << 8))) << 3)
    if (max(left, right) < 256 && rankOf(left, right) === rank) {
      lower(at, rank, 42)
      if ((ends & USED) !== 0) store<u64>(at, load<u64>(at) | LATE)
    }
    if (right < 256) lower(at, rank, 21)
    if (left < 256) lower(at, rank, 0)
  }
  return done
}

function lower(at: usize, rank: u32, shift: u64): void {
  const noted = load<u64>(at)
  if (((noted >> shift) & NO_BOUND) <= rank) return
  store<u64>(at, (noted & ~(NO_BOUND << shift)) | ((<u64>rank) << shift))
}

function endsOf(symbol: u32): usize {
  return ENDS + ((<usize>symbol) << 2)
}

/**
 * Writes the symbols with which merging begins and returns how many: those of the bytes up to `last`, but two bytes that will surely
 * be merged as the one that they make. To `ranks` goes the rank of the merge of a byte with the next, of any other symbol
 * something.
 *
 * Two bytes surely merge, whatever stands around them, when their rank is lower than that of all merges that could take one of them
 * away: of the left one with a symbol that ends with the byte before, of the right one with a symbol that begins
 * with the byte behind. Nothing else touches them. As merges of what they make have higher ranks as well, it
 * changes nothing that these two are merged before all others.
 */
export function firstSymbols(piece: usize, last: u32, symbols: usize, ranks: usize): u32 {
  let out: usize = 0
  let i: u32 = 0
  let before = NO_PAIR
  let here = last > 0 ? noteAt(piece) : NO_PAIR
  while (i < last) {
    const behind = i + 1 < last ? noteAt(piece + i + 1) : NO_PAIR
    // A late merge's is larger than all bounds.
    const rank = <u32>(here >> 42)
    if (rank < min(<u32>(before >> 21) & <u32>NO_BOUND, <u32>behind & <u32>NO_BOUND)) {
      store<u32>(symbols + out, productOf(rank))
      i += 2
      before = behind
      here = i < last ? noteAt(piece + i) : NO_PAIR
    } else {
      store<u32>(symbols + out, load<u8>(piece + i))
      i++
      before = here
      here = behind
    }
    const known = rank & <u32>NO_BOUND
    store<u32>(ranks + out, known === <u32>NO_BOUND ? NO_RANK : known)
    out += 4
  }
  if (i === last) {
    store<u32>(symbols + out, load<u8>(piece + last))
    out += 4
  }
  return <u32>out >> 2
}

function noteAt(at: usize): u64 {
  return load<u64>(BYTE_PAIRS + ((<usize>load<u16>(at)) << 3))
}
