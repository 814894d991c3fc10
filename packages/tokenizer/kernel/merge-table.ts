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

/** Buckets of four slots of eight bytes: the pair, and its rank in 21 bits (0: empty). A full bucket goes on in the next. */
let buckets: usize = 0
let bucketsEnd: usize = 0
/**
 * Behind the buckets, 32 bits for each, of which its pairs set some: most pairs do not merge, and that is seen here, in less memory,
 * which stays in the processor's cache.
 */
let filters: usize = 0
/** How far to shift a hash for the number of the bit, in which the lower five are its place among the 32. */
let hashShift: u64 = 0
/** Eight bytes by rank: the two symbols. */
let pairs: usize = 0
/** Four bytes by symbol: its id. */
let ids: usize = 0
/** From this symbol on, ids go up by one, and need not be looked up. */
let lastId: u32 = 0
/** Four bytes by rank: the symbol. 0 where it is always 256 + rank. */
let symbols: usize = 0

/**
 * Where 2^`bits` empty buckets and their filters lie, room for eight bytes for each of `merges`, and the ids of symbols, of which
 * the host has written those of merges. Gets ready for merges with ids below `size`.
 */
export function openMerges(
  bucketsAt: usize,
  bits: u32,
  pairsAt: usize,
  idsAt: usize,
  merges: u32,
  size: u32,
): void {
  buckets = bucketsAt
  bucketsEnd = bucketsAt + ((<usize>32) << bits)
  hashShift = 59 - bits
  filters = bucketsEnd
  touch(buckets, filters + ((<usize>4) << bits))
  pairs = pairsAt
  ids = idsAt
  symbols = 0
  symbolsById = RECORDS_END - ((<usize>size) << 2)
  memory.fill(symbolsById, 0xff, (<usize>size) << 2)
  memory.copy(ids, BYTE_IDS, 1024)
  const end = merges + 256
  lastId = 256
  let before: u32 = 0
  for (let symbol: u32 = 0; symbol < end; symbol++) {
    const id = load<u32>(ids + ((<usize>symbol) << 2))
    const at = symbolById(id)
    if (load<u32>(at) === NO_SYMBOL) store<u32>(at, symbol)
    else if (symbol >= 256) symbols = idsAt + ((<usize>end) << 2)
    if (symbol > 256 && id !== before + 1) lastId = symbol
    before = id
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
    const a = load<u32>(symbolById(load<u32>(left + at)))
    const b = load<u32>(symbolById(load<u32>(right + at)))
    const rank = first + i
    store<u64>(pairs + ((<usize>rank) << 3), ((<u64>a) << 32) | b)
    const pair = pairOf(a, b)
    const bit = bitOf(pair)
    const filter = filterOf(bit)
    store<u32>(filter, load<u32>(filter) | (1 << bit))
    let slot = bucketOf(bit)
    while (load<u64>(slot) !== 0) slot = after(slot)
    store<u64>(slot, (pair << 21) | rank)
  }
}

/** The rank of the merge of two symbols; `NO_RANK`. */
export function rankOf(left: u32, right: u32): u32 {
  const pair = pairOf(left, right)
  const bit = bitOf(pair)
  if (((load<u32>(filterOf(bit)) >> bit) & 1) === 0) return NO_RANK
  const bucket = bucketOf(bit)
  const key = pair << 21
  // Of the slot with this pair it is the rank, of others more. No branch on which one it is, which cannot be guessed.
  const found = lower(
    lower(load<u64>(bucket) ^ key, load<u64>(bucket, 8) ^ key),
    lower(load<u64>(bucket, 16) ^ key, load<u64>(bucket, 24) ^ key),
  )
  return found >> 21 === 0 ? <u32>found : rankFrom(bucket + 24, key)
}

/** Goes on from the last slot of a bucket. */
function rankFrom(last: usize, key: u64): u32 {
  for (let slot = last; load<u64>(slot) !== 0; slot = after(slot)) {
    const found = load<u64>(slot) ^ key
    if (found >> 21 === 0) return <u32>found
  }
  return NO_RANK
}

/** The symbol that a merge makes. */
export function productOf(rank: u32): u32 {
  return symbols === 0 ? rank + 256 : load<u32>(symbols + ((<usize>rank) << 2))
}

export function idOf(symbol: u32): u32 {
  const known = min(symbol, lastId)
  return load<u32>(ids + ((<usize>known) << 2)) + (symbol - known)
}

/** The two symbols that a merge joins, the left one above. */
export function pairAt(rank: u32): u64 {
  return load<u64>(pairs + ((<usize>rank) << 3))
}

/** Two symbols in 21 bits each below a bit that is set. That of `NO_SYMBOL` is no other's. */
function pairOf(left: u32, right: u32): u64 {
  return ((<u64>(left | (1 << 21))) << 21) | right
}

function bitOf(pair: u64): u32 {
  return <u32>((pair * GOLDEN) >> hashShift)
}

function filterOf(bit: u32): usize {
  return filters + ((bit >> 5) << 2)
}

function bucketOf(bit: u32): usize {
  return buckets + (bit & ~31)
}

function lower(a: u64, b: u64): u64 {
  return a < b ? a : b
}

function after(slot: usize): usize {
  return slot + 8 === bucketsEnd ? buckets : slot + 8
}

function symbolById(id: u32): usize {
  return symbolsById + ((<usize>id) << 2)
}
