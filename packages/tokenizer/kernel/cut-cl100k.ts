import {
  blanks,
  classify,
  classifyLineEnds,
  inner,
  lastSpaces,
  letters,
  lineEnds,
  numbers,
  openClasses,
  quotes,
  signs,
  spaces,
} from './classes'
import { contractionOfAnyCase } from './contraction'
import { indentStarts, openIndents, sureOfIndents } from './indents'
import { WINDOW } from './layout'
import { numberStarts, openNumbers } from './numbers'
import { addStarts, closeStarts, openStarts } from './starts'

/** How many bytes beyond a border can decide that it is one. */
const LOOK_AHEAD: u32 = 4

/**
 * Cuts the window's `end` bytes by cl100k's pattern or one alike (src/patterns/cl100k.ts), with pieces of at most `digits`
 * numbers, and white space at the end of the text whole or cut behind its last line end. Returns the number of pieces
 * whose ends are sure; all are when the text ends there too.
 *
 * Works on 64 bytes at a time, a bit for each.
 */
export function cutCl100k(end: u32, last: bool, digits: u32, wholeTail: bool): u32 {
  openClasses(end)
  openStarts()
  openNumbers()
  openIndents(end, last, wholeTail)
  // The block before, and what its first bit has to know of the one before it.
  let l: u64 = 0
  let n: u64 = 0
  let g: u64 = 0
  let s: u64 = 0
  let b: u64 = 0
  let q: u64 = 0
  let e: u64 = 0
  let inn: u64 = 0
  let lBefore: u64 = 0
  let nBefore: u64 = 0
  let gBefore: u64 = 0
  let sBefore: u64 = 0
  let bBefore: u64 = 0
  let eBefore: u64 = 0
  let takenBefore: u64 = 0
  let singleBefore: u64 = 0
  // Starts that a contraction makes in the next block.
  let make: u64 = 0
  const blocks = (end + 63) >> 6
  for (let i: u32 = 0; i <= blocks; i++) {
    const block = WINDOW + ((<usize>i) << 6)
    classify(block, i < blocks ? end - (i << 6) : 0)
    classifyLineEnds(block)
    if (i > 0) {
      const offset = (i - 1) << 6
      // Line ends right behind signs belong to them: a carry runs through them, from the first.
      const behind = e & ((g << 1) | gBefore | takenBefore)
      const taken = ((behind + e) ^ e) & e
      const afterTaken = (taken << 1) | takenBefore
      let starts = s & ~taken & (~((s << 1) | sBefore) | afterTaken)
      // White space other than line ends: joins letters; the last of several starts a piece.
      const soft = s & ~e
      starts |= lastSpaces(s, inn, l | n | g) & ~e
      const indents = soft & ((e << 1) | eBefore) & ~afterTaken
      if (indents !== 0) starts |= indentStarts(indents, soft, l | n | g, offset)

      // Signs, unless a blank has joined them; a single one joins letters.
      const firsts = g & ~((g << 1) | gBefore) & ~((b << 1) | bBefore)
      starts |= firsts
      let single = firsts | (inn & singleBefore)
      if (inn !== 0) {
        single |= (single << 1) & inn
        single |= (single << 1) & inn
        single |= (single << 1) & inn
      }
      const joins = ((soft | single) << 1) | ((sBefore & ~eBefore) | singleBefore)
      starts |= l & ~((l << 1) | lBefore) & ~joins
      if (n !== 0) starts |= numberStarts(n, inn, nBefore, digits)

      starts |= make
      make = 0
      for (let rest = firsts & q; rest !== 0; rest &= rest - 1) {
        const at = <u32>ctz(rest)
        const width = contractionOfAnyCase(WINDOW + offset + at)
        if (width === 0) continue
        const to = at + width
        if (to < 64) starts |= (<u64>1) << to
        else make |= (<u64>1) << (to - 64)
      }
      addStarts(starts, offset)
      lBefore = l >> 63
      nBefore = n >> 63
      gBefore = g >> 63
      sBefore = s >> 63
      bBefore = b >> 63
      eBefore = e >> 63
      takenBefore = taken >> 63
      singleBefore = single >> 63
    }
    l = letters
    n = numbers
    g = signs
    s = spaces
    b = blanks
    q = quotes
    e = lineEnds
    inn = inner
  }
  return closeStarts(end, min(sureOfIndents(), last ? end : end - min(end, LOOK_AHEAD)))
}
