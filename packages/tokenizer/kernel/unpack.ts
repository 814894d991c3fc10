import { PACKED_CLASSES } from './layout'

// A published vocabulary as src/published/pack.ts packs it.

/** Where the next pair begins: a byte, and the bits of it that belong to the pair before. */
let from: usize = 0
let bit: u64 = 0

/** Turns base64 text into the bytes that it stands for, in place. */
export function decodeBase64(text: usize, length: u32): void {
  const end = text + length
  // What to add to a character for its value, by its upper four bits; a slash has 16, a plus sign three more.
  const offsets = i8x16(0, 0, 16, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0)
  const order = i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 15, 15, 15, 15)
  for (let out = text, p = text; p < end; p += 16, out += 12) {
    const characters = v128.load(p)
    const plus = v128.and(i8x16.eq(characters, i8x16.splat(0x2b)), i8x16.splat(3))
    const offset = i8x16.add(i8x16.swizzle(offsets, i8x16.shr_u(characters, 4)), plus)
    const values = i8x16.add(characters, offset)
    const first = i32x4.shl(v128.and(values, i32x4.splat(0x3f)), 18)
    const second = i32x4.shl(v128.and(values, i32x4.splat(0x3f00)), 4)
    const third = v128.and(i32x4.shr_u(values, 10), i32x4.splat(0xfc0))
    const all = v128.or(v128.or(first, second), v128.or(third, i32x4.shr_u(values, 24)))
    v128.store(out, i8x16.swizzle(all, order))
  }
}

/** Begins with the pairs at a place. */
export function openPairs(at: usize): void {
  from = at
  bit = 0
}

/** Writes the two parts of the next `count` merges to `left` and `right`. */
export function unpackPairs(left: usize, right: usize, count: u32): void {
  const end: usize = (<usize>count) << 2
  for (let i: usize = 0; i < end; i += 4) {
    let bits = load<u64>(from) >> bit
    let kind = PACKED_CLASSES + ((<usize>(bits & 15)) << 3)
    let width: u64 = load<u32>(kind, 4)
    let used = 4 + width
    store<u32>(left + i, load<u32>(kind) + <u32>((bits >> 4) & ((1 << width) - 1)))
    bits >>= used
    kind = PACKED_CLASSES + ((<usize>(bits & 15)) << 3)
    width = load<u32>(kind, 4)
    store<u32>(right + i, load<u32>(kind) + <u32>((bits >> 4) & ((1 << width) - 1)))
    used += bit + 4 + width
    from += <usize>(used >> 3)
    bit = used & 7
  }
}

/** Writes `count` numbers that go up by one. */
export function countUp(at: usize, first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(at + ((<usize>i) << 2), first + i)
}

/** The lengths of `count` tokens from number `id` on: of each, those of its parts together. */
export function addLengths(lengths: usize, left: usize, right: usize, id: u32, count: u32): void {
  const out = lengths + ((<usize>id) << 2)
  const end: usize = (<usize>count) << 2
  for (let i: usize = 0; i < end; i += 4) {
    const a = load<u32>(lengths + ((<usize>load<u32>(left + i)) << 2))
    const b = load<u32>(lengths + ((<usize>load<u32>(right + i)) << 2))
    store<u32>(out + i, a + b)
  }
}

/** Makes the offsets of `count` tokens of their lengths, and behind them where the last ends, which it returns. */
export function sumLengths(lengths: usize, count: u32): u32 {
  let sum: u32 = 0
  const end = lengths + ((<usize>count) << 2)
  for (let at = lengths; at < end; at += 4) {
    const length = load<u32>(at)
    store<u32>(at, sum)
    sum += length
  }
  store<u32>(end, sum)
  return sum
}

/** Writes the bytes of `count` tokens from number `id` on; up to fifteen more behind them are overwritten. */
export function spellTokens(
  bytes: usize,
  offsets: usize,
  left: usize,
  right: usize,
  id: u32,
  count: u32,
): void {
  let out = bytes + load<u32>(offsets + ((<usize>id) << 2))
  const end: usize = (<usize>count) << 2
  for (let i: usize = 0; i < end; i += 4) {
    out = copyToken(out, bytes, offsets + ((<usize>load<u32>(left + i)) << 2))
    out = copyToken(out, bytes, offsets + ((<usize>load<u32>(right + i)) << 2))
  }
}

function copyToken(out: usize, bytes: usize, offset: usize): usize {
  const from = bytes + load<u32>(offset)
  const length: usize = load<u32>(offset, 4) - load<u32>(offset)
  for (let k: usize = 0; k < length; k += 16) v128.store(out + k, v128.load(from + k))
  return out + length
}
