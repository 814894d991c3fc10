import { CLASS_BLOCKS, CLASSES, KINDS, WINDOW } from './layout'

// The classes of src/unicode/classes.ts.
const LETTER: u32 = 1
const NUMBER: u32 = 2
export const SPACE: u32 = 3
// Those of src/patterns/o200k.ts, in place of letters.
export const UPPER: u32 = 4
export const LOWER: u32 = 5
const CASELESS: u32 = 6
const MARK: u32 = 7

// What the 64 bytes of a block belong to, a bit for each: all bytes of a character have its bit.
export let letters: u64 = 0
export let numbers: u64 = 0
export let spaces: u64 = 0
/** What is none of these. */
export let signs: u64 = 0
/** U+0020, U+0027, and line ends. */
export let blanks: u64 = 0
export let quotes: u64 = 0
export let lineEnds: u64 = 0
/** Bytes of a character after its first. */
export let inner: u64 = 0

/** Letters of upper or title case; letters without case and marks; marks, which count as letters too. */
export let uppers: u64 = 0
export let caseless: u64 = 0
export let marks: u64 = 0
/** U+002F. */
export let slashes: u64 = 0

/** Begins with the window, of which `end` bytes are text. */
export function openClasses(end: u32): void {
  // What is there from before must not look like more text.
  store<u32>(WINDOW + end, 0)
  letters = 0
  numbers = 0
  spaces = 0
  uppers = 0
  caseless = 0
  marks = 0
}

/** Classifies a block of which `left` bytes are text; what is beyond is nothing. Blocks follow each other. */
export function classify(block: usize, left: u32): void {
  const a = v128.load(block)
  const b = v128.load(block, 16)
  const c = v128.load(block, 32)
  const d = v128.load(block, 48)
  const text = left < 64 ? ((<u64>1) << left) - 1 : ~(<u64>0)
  blanks = text & bits(is(a, 0x20), is(b, 0x20), is(c, 0x20), is(d, 0x20))
  quotes = text & bits(is(a, 0x27), is(b, 0x27), is(c, 0x27), is(d, 0x27))
  const high = bits(a, b, c, d)
  if (high !== 0) characters(block, high, bits(isLead(a), isLead(b), isLead(c), isLead(d)))
  else {
    inner = 0
    letters = 0
    numbers = 0
    spaces = 0
    uppers = 0
    caseless = 0
    marks = 0
  }
  letters = text & (letters | bits(isLetter(a), isLetter(b), isLetter(c), isLetter(d)))
  numbers = text & (numbers | bits(isDigit(a), isDigit(b), isDigit(c), isDigit(d)))
  const controls = bits(isControl(a), isControl(b), isControl(c), isControl(d))
  spaces = blanks | (text & (spaces | controls))
  signs = text & ~(letters | numbers | spaces)
}

/** The line ends of the block that was classified last. */
export function classifyLineEnds(block: usize): void {
  const a = v128.load(block)
  const b = v128.load(block, 16)
  const c = v128.load(block, 32)
  const d = v128.load(block, 48)
  lineEnds = spaces & bits(isLineEnd(a), isLineEnd(b), isLineEnd(c), isLineEnd(d))
}

/** The case of the letters of the block that was classified last, and its slashes. */
export function classifyCases(block: usize): void {
  const a = v128.load(block)
  const b = v128.load(block, 16)
  const c = v128.load(block, 32)
  const d = v128.load(block, 48)
  uppers = letters & (uppers | bits(isUpper(a), isUpper(b), isUpper(c), isUpper(d)))
  caseless &= letters
  marks &= letters
  slashes = signs & bits(is(a, 0x2f), is(b, 0x2f), is(c, 0x2f), is(d, 0x2f))
}

/** Makes signs of the first bytes of the block that was classified last, which belong to a mark of the block before. */
export function markOverAsSign(): void {
  const over = inner & ~(inner + 1)
  letters &= ~over
  caseless &= ~over
  marks &= ~over
  signs |= over
}

/** The class of a letter or mark, or 0. */
export function caseOf(at: usize): u32 {
  const byte: u32 = load<u8>(at)
  const kind = byte < 0x80 ? classIn(0, byte) : classOf(at, byte)
  return kind < UPPER ? 0 : kind
}

/** The bytes of white space that is no line end, or 0. */
export function softSpace(at: usize): u32 {
  const byte: u32 = load<u8>(at)
  if (byte < 0x80) return byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c ? 1 : 0
  return classOf(at, byte) === SPACE ? clz<u32>(~(byte << 24)) : 0
}

/** The classes of the characters of several bytes; those at the start of the block may have begun in the one before. */
function characters(block: usize, high: u64, leads: u64): void {
  inner = high & ~leads
  // In memory by class, as a branch on the class of each is hard to guess.
  for (let kind: usize = LETTER; kind <= MARK; kind++) store<u64>(kind << 3, 0, KINDS)
  for (let rest = leads; rest !== 0; rest &= rest - 1) {
    const at = block + <usize>ctz(rest)
    const kind = KINDS + ((<usize>classOf(at, load<u8>(at))) << 3)
    store<u64>(kind, load<u64>(kind) | (rest & (~rest + 1)))
  }
  const mark = load<u64>(MARK << 3, KINDS)
  const noCase = load<u64>(CASELESS << 3, KINDS) | mark
  const upper = load<u64>(UPPER << 3, KINDS)
  const letter = load<u64>(LETTER << 3, KINDS) | load<u64>(LOWER << 3, KINDS) | upper | noCase
  letters = whole(letter, letters)
  numbers = whole(load<u64>(NUMBER << 3, KINDS), numbers)
  spaces = whole(load<u64>(SPACE << 3, KINDS), spaces)
  uppers = whole(upper, uppers)
  caseless = whole(noCase, caseless)
  marks = whole(mark, marks)
}

/** All bytes of the characters that begin with `firsts`, and of the one with which the block `before` ends. */
function whole(firsts: u64, before: u64): u64 {
  let all = firsts | (inner & (before >> 63))
  all |= (all << 1) & inner
  all |= (all << 1) & inner
  return all | ((all << 1) & inner)
}

function classOf(at: usize, byte: u32): u32 {
  const b: u32 = load<u8>(at, 1) & 0x3f
  let point = ((byte & 0x1f) << 6) | b
  if (byte >= 0xe0) {
    const c: u32 = load<u8>(at, 2) & 0x3f
    point = ((byte & 0xf) << 12) | (b << 6) | c
    if (byte >= 0xf0) point = ((byte & 7) << 18) | (b << 12) | (c << 6) | (load<u8>(at, 3) & 0x3f)
  }
  return classIn(point >> 8, point & 0xff)
}

function classIn(index: u32, point: u32): u32 {
  return load<u8>(CLASSES + (((<usize>load<u8>(CLASS_BLOCKS + index)) << 8) | point))
}

/**
 * The first bytes of white space that something else follows, in the block before the one classified last, of which `space`
 * is white space, `within` the bytes inside characters, and `others` everything that is not white space.
 */
export function lastSpaces(space: u64, within: u64, others: u64): u64 {
  const next = letters | numbers | signs
  const one = (others >> 1) | (next << 63)
  const second = (within >> 1) | (inner << 63)
  if ((space & (within | second)) === 0) return space & one
  const third = (within >> 2) | (inner << 62)
  const two = (others >> 2) | (next << 62)
  const three = (others >> 3) | (next << 61)
  return space & ~within & ((~second & one) | (second & ~third & two) | (second & third & three))
}

function is(bytes: v128, byte: i8): v128 {
  return i8x16.eq(bytes, i8x16.splat(byte))
}

function isLetter(bytes: v128): v128 {
  return i8x16.le_u(
    i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61)),
    i8x16.splat(25),
  )
}

function isUpper(bytes: v128): v128 {
  return i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(25))
}

function isDigit(bytes: v128): v128 {
  return i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(9))
}

/** U+0009 to U+000D. */
function isControl(bytes: v128): v128 {
  return i8x16.le_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(4))
}

function isLineEnd(bytes: v128): v128 {
  return v128.or(is(bytes, 0x0a), is(bytes, 0x0d))
}

/** First bytes of characters of several. */
function isLead(bytes: v128): v128 {
  return i8x16.ge_u(bytes, i8x16.splat(-64))
}

function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>i8x16.bitmask(a) | ((<u32>i8x16.bitmask(b)) << 16)
  const high = <u32>i8x16.bitmask(c) | ((<u32>i8x16.bitmask(d)) << 16)
  return <u64>low | ((<u64>high) << 32)
}
