import { softSpace } from './classes'
import { WINDOW } from './layout'

let end: u32 = 0
let last = false
let wholeTail = false
let sure: u32 = 0

/** Begins with the window. */
export function openIndents(textEnd: u32, isLast: bool, isWhole: bool): void {
  end = textEnd
  last = isLast
  wholeTail = isWhole
  sure = textEnd
}

/** Up to where what follows the window cannot change anything. */
export function sureOfIndents(): u32 {
  return sure
}

/**
 * Which of `indents`, white space right behind line ends, are starts: not those that lead to another line end, as the piece is
 * all up to the last one. Of the block at `offset`, `soft` is white space without line ends, `others` what is not white space.
 */
export function indentStarts(indents: u64, soft: u64, others: u64, offset: u32): u64 {
  // A carry runs through each to what follows it.
  const sum = indents + soft
  if (sum >= indents && (sum & ~soft & ~others) === 0) return indents
  let starts: u64 = 0
  for (let rest = indents; rest !== 0; rest &= rest - 1) {
    const at = <u32>ctz(rest)
    if (startsAt(offset + at)) starts |= (<u64>1) << at
  }
  return starts
}

function startsAt(from: u32): bool {
  let at = from
  let width = softSpace(WINDOW + at)
  while (at < end && width !== 0) {
    at += width
    width = softSpace(WINDOW + at)
  }
  if (at < end) return load<u8>(WINDOW + at) !== 0x0a && load<u8>(WINDOW + at) !== 0x0d
  if (!last) sure = min(sure, from - 1)
  return last && !wholeTail
}
