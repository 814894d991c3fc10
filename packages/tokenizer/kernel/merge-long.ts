import { firstSymbols } from './byte-pairs'
import { LONG_SCRATCH } from './layout'
import { idOf, NO_RANK, productOf, rankOf } from './merge-table'

// By place in the piece: the symbol, and its neighbours among the symbols that are left.
const SYMBOLS: usize = LONG_SCRATCH
const NEXT: usize = LONG_SCRATCH + 0x20000
const PREVIOUS: usize = LONG_SCRATCH + 0x30000
/** A binary tree over the places: in a leaf the rank of the merge with the next symbol, in a node the lowest below it. */
const TREE: usize = LONG_SCRATCH + 0x40000

/** As `merge`, for a piece as long as the window: O(n log n). */
export function mergeLong(piece: usize, length: u32, ids: usize): u32 {
  const leaves: u32 = 1 << (32 - clz(length - 1))
  const count = firstSymbols(piece, length - 1, SYMBOLS, rankAt(leaves))
  openTree(leaves, count)
  for (let rank = load<u32>(rankAt(1)); rank !== NO_RANK; rank = load<u32>(rankAt(1))) {
    let node: u32 = 1
    while (node < leaves) {
      node <<= 1
      if (load<u32>(rankAt(node)) !== rank) node++
    }
    const at = node - leaves
    const symbol = productOf(rank)
    const gone: u32 = load<u16>(NEXT + ((<usize>at) << 1))
    const after: u32 = load<u16>(NEXT + ((<usize>gone) << 1))
    store<u32>(symbolAt(at), symbol)
    store<u16>(NEXT + ((<usize>at) << 1), <u16>after)
    setRank(leaves + gone, NO_RANK)
    if (after < count) {
      store<u16>(PREVIOUS + ((<usize>after) << 1), <u16>at)
      setRank(node, rankOf(symbol, load<u32>(symbolAt(after))))
    } else setRank(node, NO_RANK)
    if (at > 0) {
      const before: u32 = load<u16>(PREVIOUS + ((<usize>at) << 1))
      setRank(leaves + before, rankOf(load<u32>(symbolAt(before)), symbol))
    }
  }
  let out = ids
  for (let i: u32 = 0; i < count; i = load<u16>(NEXT + ((<usize>i) << 1))) {
    store<u32>(out, idOf(load<u32>(symbolAt(i))))
    out += 4
  }
  return <u32>(out - ids) >> 2
}

/** Links the first symbols, and fills the tree, of which the leaves have what `firstSymbols` writes. */
function openTree(leaves: u32, count: u32): void {
  for (let i: u32 = 0; i < leaves; i++) {
    store<u16>(NEXT + ((<usize>i) << 1), <u16>(i + 1))
    store<u16>(PREVIOUS + ((<usize>i) << 1), <u16>(i - 1))
    const left = load<u32>(symbolAt(i))
    const right = load<u32>(symbolAt(i + 1))
    if (i + 1 >= count) store<u32>(rankAt(leaves + i), NO_RANK)
    else if (max(left, right) >= 256) store<u32>(rankAt(leaves + i), rankOf(left, right))
  }
  for (let node = leaves - 1; node > 0; node--) {
    store<u32>(rankAt(node), min(load<u32>(rankAt(node * 2)), load<u32>(rankAt(node * 2 + 1))))
  }
}

function setRank(leaf: u32, rank: u32): void {
  store<u32>(rankAt(leaf), rank)
  let low = rank
  for (let node = leaf; node > 1; node >>= 1) {
    low = min(low, load<u32>(rankAt(node ^ 1)))
    if (load<u32>(rankAt(node >> 1)) === low) return
    store<u32>(rankAt(node >> 1), low)
  }
}

function rankAt(node: u32): usize {
  return TREE + ((<usize>node) << 2)
}

function symbolAt(place: u32): usize {
  return SYMBOLS + ((<usize>place) << 2)
}
