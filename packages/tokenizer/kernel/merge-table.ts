import { BYTE_IDS, BYTE_PAIRS } from './layout'
import { GOLDEN } from './multipliers'

/** No merge exists for a pair. Larger than any rank. */
export const NO_RANK: u32 = 0xffffff

/** Eight bytes per slot: left, right and rank in 21 bits each, plus 1 (0: empty). */
let slots: usize = 0
let shift: u64 = 0
let mask: usize = 0
let products: usize = 0

/** Where the 2^`bits` empty slots and the products lie. */
export function openMerges(slotsAt: usize, bits: u32, productsAt: usize): void {
  slots = slotsAt
  shift = 64 - bits
  mask = (((<usize>1) << bits) - 1) << 3
  products = productsAt
}

/** Puts in the merges of which the host has written left ids at `left`, right ids at `right`. */
export function addMerges(left: usize, right: usize, first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const pair =
      ((<u64>load<u32>(left + ((<usize>i) << 2))) << 21) | load<u32>(right + ((<usize>i) << 2))
    let at = (<usize>((pair * GOLDEN) >> shift)) << 3
    while (load<u64>(slots + at) !== 0) at = (at + 8) & mask
    store<u64>(slots + at, ((pair << 21) | (first + i)) + 1)
  }
}

/** Notes which two bytes merge, once all merges are in. */
export function pairBytes(): void {
  let at = BYTE_PAIRS
  for (let a: usize = 0; a < 1024; a += 4) {
    const left = load<u32>(BYTE_IDS + a)
    for (let b: usize = 0; b < 1024; b += 4) {
      const rank = rankOf(left, load<u32>(BYTE_IDS + b))
      store<u32>(at, rank === NO_RANK ? 0 : rank + 1)
      at += 4
    }
  }
}

/** The rank of the merge of two ids, or `NO_RANK`. */
export function rankOf(left: u32, right: u32): u32 {
  const pair = ((<u64>left) << 21) | right
  let at = (<usize>((pair * GOLDEN) >> shift)) << 3
  let found = load<u64>(slots + at)
  while (found !== 0) {
    const entry = found - 1
    if (entry >> 21 === pair) return <u32>(entry & 0x1fffff)
    at = (at + 8) & mask
    found = load<u64>(slots + at)
  }
  return NO_RANK
}

/** The id that a merge makes. */
export function productOf(rank: u32): u32 {
  return load<u32>(products + ((<usize>rank) << 2))
}
