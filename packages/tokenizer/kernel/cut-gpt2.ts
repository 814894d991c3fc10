import {
  blanks,
  classify,
  inner,
  lastSpaces,
  letters,
  numbers,
  openClasses,
  quotes,
  signs,
  spaces,
} from './classes'
import { contraction } from './contraction'
import { WINDOW } from './layout'
import { addStarts, closeStarts, openStarts } from './starts'

/** How many bytes beyond a border can decide that it is one. */
const LOOK_AHEAD: u32 = 4

/**
 * Cuts the window's `end` bytes by GPT-2's pattern (src/patterns/gpt2.ts) and returns the number of pieces whose ends
 * are sure; all are when the text ends there too.
 *
 * Works on 64 bytes at a time, a bit for each. A piece starts where the class changes, except behind a blank, which
 * joins what follows; and at the last white space of several, which is a piece or that blank.
 */
export function cutGpt2(end: u32, last: bool): u32 {
  openClasses(end)
  openStarts()
  // The block before, and what its first bit has to know of the one before it.
  let l: u64 = 0
  let n: u64 = 0
  let g: u64 = 0
  let s: u64 = 0
  let b: u64 = 0
  let q: u64 = 0
  let inn: u64 = 0
  let lBefore: u64 = 0
  let nBefore: u64 = 0
  let gBefore: u64 = 0
  let sBefore: u64 = 0
  let bBefore: u64 = 0
  // Starts that a contraction makes or unmakes in the next block.
  let make: u64 = 0
  let unmake: u64 = 0
  const blocks = (end + 63) >> 6
  for (let i: u32 = 0; i <= blocks; i++) {
    classify(WINDOW + ((<usize>i) << 6), i < blocks ? end - (i << 6) : 0)
    if (i > 0) {
      const offset = (i - 1) << 6
      let starts = l & ~((l << 1) | lBefore)
      starts |= n & ~((n << 1) | nBefore)
      starts |= g & ~((g << 1) | gBefore)
      starts &= ~((b << 1) | bBefore)
      starts |= s & ~((s << 1) | sBefore)
      starts |= lastSpaces(s, inn, l | n | g)
      starts = (starts & ~unmake) | make
      make = 0
      unmake = 0
      for (let rest = starts & q; rest !== 0; rest &= rest - 1) {
        const at = <u32>ctz(rest)
        const width = contraction(WINDOW + offset + at)
        if (width === 0) continue
        const to = at + width
        if (at < 63) starts &= ~((<u64>2) << at)
        else unmake = 1
        if (to < 64) starts |= (<u64>1) << to
        else make |= (<u64>1) << (to - 64)
      }
      addStarts(starts, offset)
      lBefore = l >> 63
      nBefore = n >> 63
      gBefore = g >> 63
      sBefore = s >> 63
      bBefore = b >> 63
    }
    l = letters
    n = numbers
    g = signs
    s = spaces
    b = blanks
    q = quotes
    inn = inner
  }
  return closeStarts(end, last ? end : end - min(end, LOOK_AHEAD))
}
