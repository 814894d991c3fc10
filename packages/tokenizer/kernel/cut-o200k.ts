import { capitalStarts, openCapitals, sureOfCapitals } from './capitals'
import {
  blanks,
  caseless,
  classify,
  classifyCases,
  classifyLineEnds,
  inner,
  lastSpaces,
  letters,
  lineEnds,
  markOverAsSign,
  marks,
  numbers,
  openClasses,
  quotes,
  signs,
  slashes,
  spaces,
  uppers,
} from './classes'
import { contractionOfAnyCase } from './contraction'
import { indentStarts, openIndents, sureOfIndents } from './indents'
import { WINDOW } from './layout'
import { numberStarts, openNumbers } from './numbers'
import { addStarts, closeStarts, lastStart, openStarts } from './starts'

/** How many bytes beyond a border can decide that it is one. */
const LOOK_AHEAD: u32 = 4

/**
 * Cuts the window's `end` bytes by o200k's pattern (src/patterns/o200k.ts) and returns the number of pieces whose ends are sure.
 *
 * Works on 64 bytes at a time, a bit for each. Marks and letters without case are as small letters here, but for capitals behind
 * them, and for marks among signs.
 */
export function cutO200k(end: u32, last: bool): u32 {
  openClasses(end)
  openStarts()
  openNumbers()
  openIndents(end, last, false)
  openCapitals(end, last)
  // The block before, and what its first bit has to know of the one before it.
  let l: u64 = 0
  let n: u64 = 0
  let g: u64 = 0
  let s: u64 = 0
  let b: u64 = 0
  let q: u64 = 0
  let e: u64 = 0
  let inn: u64 = 0
  let u: u64 = 0
  let c: u64 = 0
  let m: u64 = 0
  let slash: u64 = 0
  let lBefore: u64 = 0
  let nBefore: u64 = 0
  let gBefore: u64 = 0
  let sBefore: u64 = 0
  let bBefore: u64 = 0
  let eBefore: u64 = 0
  let takenBefore: u64 = 0
  let singleBefore: u64 = 0
  let uBefore: u64 = 0
  let cBefore: u64 = 0
  // Starts that a contraction makes and unmakes in the next block, and where the last one ended.
  let make: u64 = 0
  let unmake: u64 = 0
  let contracted: u32 = 0
  const blocks = (end + 63) >> 6
  for (let i: u32 = 0; i <= blocks; i++) {
    const block = WINDOW + ((<usize>i) << 6)
    classify(block, i < blocks ? end - (i << 6) : 0)
    classifyLineEnds(block)
    classifyCases(block)
    if (i > 0) {
      const offset = (i - 1) << 6
      let taken: u64
      let firsts: u64
      let single: u64
      for (;;) {
        // Line ends and slashes right behind signs belong to them: a carry runs through the line ends, from the first; slashes
        // behind those then count as line ends.
        taken = takenOf(e, g, gBefore, takenBefore)
        let more = slash & ((taken << 1) | takenBefore)
        while (more !== 0) {
          const run = ((more + slash) ^ slash) & slash
          slash &= ~run
          g &= ~run
          e |= run
          s |= run
          taken = takenOf(e, g, gBefore, takenBefore)
          more = slash & ((taken << 1) | takenBefore)
        }
        // Signs, unless a blank has joined them; a single one joins letters.
        firsts = g & ~((g << 1) | gBefore) & ~((b << 1) | bBefore)
        single = firsts | (inn & singleBefore)
        if (inn !== 0) {
          single |= (single << 1) & inn
          single |= (single << 1) & inn
          single |= (single << 1) & inn
        }
        // A mark behind other signs than a single one is one of them, and decides what the next is.
        const among = m & ~inn & (((g & ~single) << 1) | (gBefore & ~singleBefore))
        if (among === 0) break
        const lead = among & (~among + 1)
        const mark = lead | (((inn + (lead << 1)) ^ inn) & inn)
        l &= ~mark
        c &= ~mark
        m &= ~mark
        g |= mark
        if (mark >> 63 !== 0) markOverAsSign()
      }
      const afterTaken = (taken << 1) | takenBefore
      let starts = s & ~taken & (~((s << 1) | sBefore) | afterTaken)
      // White space other than line ends: joins letters; the last of several starts a piece.
      const soft = s & ~e
      starts |= lastSpaces(s, inn, l | n | g) & ~e
      const indents = soft & ((e << 1) | eBefore) & ~afterTaken
      if (indents !== 0) starts |= indentStarts(indents, soft, l | n | g, offset)

      starts |= firsts
      const joins = ((soft | single) << 1) | ((sBefore & ~eBefore) | singleBefore)
      starts |= l & ~((l << 1) | lBefore) & ~joins
      // A capital behind a small letter.
      starts |= u & ~inn & (((l & ~u) << 1) | (lBefore & ~uBefore))
      if (n !== 0) starts |= numberStarts(n, inn, nBefore, 3)

      starts = (starts & ~unmake) | make
      make = 0
      unmake = 0
      for (let rest = firsts & q & ((l << 1) | lBefore); rest !== 0; rest &= rest - 1) {
        const at = <u32>ctz(rest)
        // Behind a contraction there is no word.
        if (offset + at === contracted) continue
        const width = contractionOfAnyCase(WINDOW + offset + at)
        if (width === 0) continue
        const to = at + width
        contracted = offset + to
        const ones = ((<u64>1) << width) - 1
        starts &= ~(ones << at)
        if (to < 64) starts |= (<u64>1) << to
        else {
          make |= (<u64>1) << (to - 64)
          if (to > 64) unmake |= ones >> (64 - at)
        }
      }
      for (let rest = u & ((c << 1) | cBefore); rest !== 0; rest &= rest - 1) {
        const at = <u32>ctz(rest)
        const before = starts & (((<u64>1) << at) - 1)
        const piece = before === 0 ? lastStart() : offset + 63 - <u32>clz(before)
        if (!capitalStarts(offset + at, piece)) starts &= ~((<u64>1) << at)
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
      uBefore = u >> 63
      cBefore = c >> 63
    }
    l = letters
    n = numbers
    g = signs
    s = spaces
    b = blanks
    q = quotes
    e = lineEnds
    inn = inner
    u = uppers
    c = caseless
    m = marks
    slash = slashes
  }
  const sure = min(sureOfIndents(), sureOfCapitals())
  return closeStarts(end, min(sure, last ? end : end - min(end, LOOK_AHEAD)))
}

/** The line ends that belong to signs before them. */
function takenOf(e: u64, g: u64, gBefore: u64, takenBefore: u64): u64 {
  const behind = e & ((g << 1) | gBefore | takenBefore)
  return ((behind + e) ^ e) & e
}
