import { firstSymbols } from './byte-pairs'
import { SCRATCH } from './layout'
import { idOf, NO_RANK, productOf, rankOf } from './merge-table'

// By place in the piece: the symbol, its key, and its neighbours among the symbols that are left.
const SYMBOLS: usize = SCRATCH
const KEYS: usize = SCRATCH + 0x440
const NEXT: usize = SCRATCH + 0x880
const PREVIOUS: usize = SCRATCH + 0xa90
/** Of a symbol that merges with nothing, or is gone. All keys of merges are lower. */
const NO_KEY: u32 = NO_RANK << 8

/**
 * Merges a piece of at most 256 bytes, best rank first and leftmost among equals, writes its ids to `ids`, and returns how many there
 * are. A key is the rank of the merge with the next symbol and the place: the lowest is the next merge.
 */
export function merge(piece: usize, length: u32, ids: usize): u32 {
  const count = firstSymbols(piece, length - 1, SYMBOLS, KEYS)
  const end = KEYS + ((<usize>count) << 2)
  let left = load<u32>(SYMBOLS)
  for (let i: u32 = 0; i < count; i++) {
    const right = load<u32>(SYMBOLS + ((<usize>i) << 2), 4)
    let rank = NO_RANK
    if (i + 1 < count) {
      rank = load<u32>(KEYS + ((<usize>i) << 2))
      if (max(left, right) >= 256) rank = rankOf(left, right)
    }
    store<u32>(KEYS + ((<usize>i) << 2), (rank << 8) | i)
    store<u16>(NEXT + ((<usize>i) << 1), <u16>(i + 1))
    store<u16>(PREVIOUS + ((<usize>i) << 1), <u16>(i - 1))
    left = right
  }
  // Keys are read four at a time.
  v128.store(end, i32x4.splat(-1))

  let best = lowest(end)
  while (best < NO_KEY) {
    const at = best & 0xff
    const symbol = productOf(best >> 8)
    const gone: u32 = load<u16>(NEXT + ((<usize>at) << 1))
    const after: u32 = load<u16>(NEXT + ((<usize>gone) << 1))
    store<u32>(SYMBOLS + ((<usize>at) << 2), symbol)
    store<u16>(NEXT + ((<usize>at) << 1), <u16>after)
    store<u32>(KEYS + ((<usize>at) << 2), NO_KEY)
    store<u32>(KEYS + ((<usize>gone) << 2), NO_KEY)
    const before: u32 = load<u16>(PREVIOUS + ((<usize>at) << 1))
    if (at > 0) store<u32>(KEYS + ((<usize>before) << 2), NO_KEY)
    // The lowest of the others, while the new ones are waited for.
    best = lowest(end)
    if (after < count) {
      store<u16>(PREVIOUS + ((<usize>after) << 1), <u16>at)
      const key = (rankOf(symbol, load<u32>(SYMBOLS + ((<usize>after) << 2))) << 8) | at
      store<u32>(KEYS + ((<usize>at) << 2), key)
      best = min(best, key)
    }
    if (at > 0) {
      const key = (rankOf(load<u32>(SYMBOLS + ((<usize>before) << 2)), symbol) << 8) | before
      store<u32>(KEYS + ((<usize>before) << 2), key)
      best = min(best, key)
    }
  }
  let out = ids
  for (let i: u32 = 0; i < count; i = load<u16>(NEXT + ((<usize>i) << 1))) {
    store<u32>(out, idOf(load<u32>(SYMBOLS + ((<usize>i) << 2))))
    out += 4
  }
  return <u32>(out - ids) >> 2
}

function lowest(end: usize): u32 {
  let low = v128.load(KEYS)
  for (let at = KEYS + 16; at < end; at += 16) low = i32x4.min_u(low, v128.load(at))
  low = i32x4.min_u(low, i32x4.shuffle(low, low, 2, 3, 0, 1))
  low = i32x4.min_u(low, i32x4.shuffle(low, low, 1, 0, 3, 2))
  return <u32>i32x4.extract_lane(low, 0)
}
