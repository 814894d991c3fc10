import { BYTE_IDS, RECORDS_END } from './layout'
import { GOLDEN } from './multipliers'
import { touch } from './touch'

/** No merge exists for a pair. Larger than any rank. */
export const NO_RANK: u32 = 0xffffff
/** Of an id that text never gives. Larger than any symbol. */
const NO_SYMBOL: u32 = 0xffffffff

/** While merges are put in: by id, the symbol. Before the end of the records, as the host may use their beginning. */
let symbolsById: usize = 0

// Symbols are what merges join: the 256 bytes, then by its rank what each merge makes. So nothing has to be looked up for what a
// merge makes, unless several make the same.

/**
 * Buckets of four slots of four bytes: rank + 1 (0: empty), and above it bits of the pair's hash, which tell nearly all other
 * pairs apart, so that few bytes suffice and much of it stays in the processor's cache. A full bucket goes on in the next.
 */
let buckets: usize = 0
let bucketsEnd: usize = 0
let bucketCount: u64 = 0
let rankMask: u32 = 0
/** Eight bytes by rank: the two symbols. */
let pairs: usize = 0
/** Four bytes by symbol: its id. */
let ids: usize = 0
/** Four bytes by rank: the symbol. 0 where it is always 256 + rank. */
let symbols: usize = 0

/**
 * Where `count` empty buckets lie, room for eight bytes for each of `merges`, and the ids of symbols, of which the host has written
 * those of merges. Gets ready for merges with ids below `size`.
 */
export function openMerges(
  bucketsAt: usize,
  count: u32,
  pairsAt: usize,
  idsAt: usize,
  merges: u32,
  size: u32,
): void {
  buckets = bucketsAt
  bucketsEnd = bucketsAt + ((<usize>count) << 4)
  touch(buckets, bucketsEnd)
  bucketCount = count
  rankMask = ((<u32>2) << (31 - clz(merges))) - 1
  pairs = pairsAt
  ids = idsAt
  symbols = 0
  symbolsById = RECORDS_END - ((<usize>size) << 2)
  memory.fill(symbolsById, 0xff, (<usize>size) << 2)
  memory.copy(ids, BYTE_IDS, 1024)
  const end = merges + 256
  for (let symbol: u32 = 0; symbol < end; symbol++) {
    const at = symbolById(idOf(symbol))
    if (load<u32>(at) === NO_SYMBOL) store<u32>(at, symbol)
    else if (symbol >= 256) symbols = idsAt + ((<usize>end) << 2)
  }
  if (symbols === 0) return
  for (let rank: u32 = 0; rank < merges; rank++) {
    store<u32>(symbols + ((<usize>rank) << 2), load<u32>(symbolById(idOf(rank + 256))))
  }
}

/** Puts in the next merges, by rank, of which the host has written left ids at `left`, right ids at `right`. */
export function addMerges(left: usize, right: usize, first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const at: usize = (<usize>i) << 2
    const pair = pairOf(
      load<u32>(symbolById(load<u32>(left + at))),
      load<u32>(symbolById(load<u32>(right + at))),
    )
    const rank = first + i
    store<u64>(pairs + ((<usize>rank) << 3), pair)
    const hash = hashOf(pair)
    let slot = bucketOf(hash)
    while (load<u32>(slot) !== 0) slot = after(slot)
    store<u32>(slot, (<u32>hash & ~rankMask) | (rank + 1))
  }
}

/**
 * The rank of the merge of two symbols; `NO_RANK`. Unless `sure`, it may rarely be a lower one, of another pair, which `isMerge`
 * tells: merges are put in by rank, so that of those with the same bits the lowest is met first.
 */
export function rankOf(left: u32, right: u32, sure: bool): u32 {
  const pair = pairOf(left, right)
  const hash = hashOf(pair)
  const bucket = bucketOf(hash)
  if (sure) return rankFrom(bucket, <u32>hash, pair, true)
  const four = v128.load(bucket)
  const tags = v128.and(v128.xor(four, i32x4.splat(<u32>hash)), i32x4.splat(~rankMask))
  const same = i32x4.bitmask(i32x4.eq(tags, i32x4.splat(0)))
  const empty = i32x4.bitmask(i32x4.eq(four, i32x4.splat(0)))
  if ((same | empty) === 0) return rankFrom(bucket, <u32>hash, pair, false)
  // No branch on whether there is one, which cannot be guessed. Of an empty slot it is 0 - 1.
  return ((load<u32>(bucket + (ctz(same | empty) << 2)) & rankMask) - 1) & NO_RANK
}

function rankFrom(bucket: usize, hash: u32, pair: u64, sure: bool): u32 {
  let slot = bucket
  for (let found = load<u32>(slot); found !== 0; found = load<u32>(slot)) {
    const rank = (found & rankMask) - 1
    if (((found ^ hash) & ~rankMask) === 0 && (!sure || pairAt(rank) === pair)) return rank
    slot = after(slot)
  }
  return NO_RANK
}

/** Whether this merge is of these two symbols. */
export function isMerge(rank: u32, left: u32, right: u32): bool {
  return pairAt(rank) === pairOf(left, right)
}

/** The symbol that a merge makes. */
export function productOf(rank: u32): u32 {
  return symbols === 0 ? rank + 256 : load<u32>(symbols + ((<usize>rank) << 2))
}

export function idOf(symbol: u32): u32 {
  return load<u32>(ids + ((<usize>symbol) << 2))
}

/** The two symbols that a merge joins, the left one above. */
export function pairAt(rank: u32): u64 {
  return load<u64>(pairs + ((<usize>rank) << 3))
}

function pairOf(left: u32, right: u32): u64 {
  return ((<u64>left) << 32) | right
}

/** The number of a bucket in the upper half, and in the lower one bits that the number does not tell. */
function hashOf(pair: u64): u64 {
  return ((pair * GOLDEN) >> 32) * bucketCount
}

function bucketOf(hash: u64): usize {
  return buckets + ((<usize>(hash >> 32)) << 4)
}

function after(slot: usize): usize {
  return slot + 4 === bucketsEnd ? buckets : slot + 4
}

function symbolById(id: u32): usize {
  return symbolsById + ((<usize>id) << 2)
}
