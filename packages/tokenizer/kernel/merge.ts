import { BYTE_IDS, BYTE_PAIRS, SCRATCH } from './layout'
import { NO_RANK, productOf, rankOf } from './merge-table'

// By place in the piece: the symbol, its key, and its neighbours among the symbols that are left.
const SYMBOLS: usize = SCRATCH
const KEYS: usize = SCRATCH + 0x440
const NEXT: usize = SCRATCH + 0x880
const PREVIOUS: usize = SCRATCH + 0xa90
/** Of a symbol that merges with nothing, or is gone. All keys of merges are lower. */
const NO_KEY: u32 = NO_RANK << 8

/**
 * Merges a piece of at most 256 bytes, best rank first and leftmost among equals, writes its ids to `ids`, and returns
 * how many there are. A key is the rank of the merge with the next symbol and the place: the lowest is the next merge.
 */
export function merge(piece: usize, length: u32, ids: usize): u32 {
  const last = length - 1
  let byte: u32 = load<u8>(piece)
  for (let i: u32 = 0; i < last; i++) {
    const after: u32 = load<u8>(piece + i, 1)
    const rank = load<u32>(BYTE_PAIRS + ((<usize>((byte << 8) | after)) << 2)) - 1
    place(i, byte, (rank << 8) | i)
    byte = after
  }
  place(last, byte, NO_KEY)
  // Keys are read four at a time.
  v128.store(KEYS + ((<usize>length) << 2), i32x4.splat(-1))

  const end = KEYS + ((<usize>length) << 2)
  for (let best = lowest(end); best < NO_KEY; best = lowest(end)) {
    const at = best & 0xff
    const symbol = productOf(best >> 8)
    const gone: u32 = load<u16>(NEXT + ((<usize>at) << 1))
    const after: u32 = load<u16>(NEXT + ((<usize>gone) << 1))
    store<u32>(SYMBOLS + ((<usize>at) << 2), symbol)
    store<u32>(KEYS + ((<usize>gone) << 2), NO_KEY)
    store<u16>(NEXT + ((<usize>at) << 1), <u16>after)
    if (after < length) {
      store<u16>(PREVIOUS + ((<usize>after) << 1), <u16>at)
      setKey(at, rankOf(symbol, load<u32>(SYMBOLS + ((<usize>after) << 2))))
    } else store<u32>(KEYS + ((<usize>at) << 2), NO_KEY)
    if (at > 0) {
      const before: u32 = load<u16>(PREVIOUS + ((<usize>at) << 1))
      setKey(before, rankOf(load<u32>(SYMBOLS + ((<usize>before) << 2)), symbol))
    }
  }

  let out = ids
  for (let i: u32 = 0; i < length; i = load<u16>(NEXT + ((<usize>i) << 1))) {
    store<u32>(out, load<u32>(SYMBOLS + ((<usize>i) << 2)))
    out += 4
  }
  return <u32>(out - ids) >> 2
}

function place(i: u32, byte: u32, key: u32): void {
  store<u32>(SYMBOLS + ((<usize>i) << 2), load<u32>(BYTE_IDS + ((<usize>byte) << 2)))
  store<u32>(KEYS + ((<usize>i) << 2), key)
  store<u16>(NEXT + ((<usize>i) << 1), <u16>(i + 1))
  store<u16>(PREVIOUS + ((<usize>i) << 1), <u16>(i - 1))
}

function setKey(at: u32, rank: u32): void {
  store<u32>(KEYS + ((<usize>at) << 2), (rank << 8) | at)
}

function lowest(end: usize): u32 {
  let low = v128.load(KEYS)
  for (let at = KEYS + 16; at < end; at += 16) low = i32x4.min_u(low, v128.load(at))
  low = i32x4.min_u(low, i32x4.shuffle(low, low, 2, 3, 0, 1))
  low = i32x4.min_u(low, i32x4.shuffle(low, low, 1, 0, 3, 2))
  return <u32>i32x4.extract_lane(low, 0)
}
