import { caseOf, LOWER, UPPER } from './classes'
import { WINDOW } from './layout'

let end: u32 = 0
let last = false
let sure: u32 = 0
/** Up to where it is settled which capitals are starts, and the only one that is. */
let settled: u32 = 0
let only: u32 = 0

/** Begins with the window. */
export function openCapitals(textEnd: u32, isLast: bool): void {
  end = textEnd
  last = isLast
  sure = textEnd
  settled = 0
}

/** Up to where what follows the window cannot change anything. */
export function sureOfCapitals(): u32 {
  return sure
}

/**
 * Whether a capital behind a letter without case is a start, where the piece before it starts at `piece`. The upper part of a word
 * has both, as far as they go; with no small letter after it, it gives back what stands behind its last one without case.
 */
export function capitalStarts(at: u32, piece: u32): bool {
  if (at < settled) return at === only
  let p = piece
  // What joins the word.
  if (caseOf(WINDOW + p) === 0) p += widthAt(p)
  let kind = caseOf(WINDOW + p)
  let caselessEnd = p
  while (p < end && kind !== 0 && kind !== LOWER) {
    p += widthAt(p)
    if (kind !== UPPER) caselessEnd = p
    kind = caseOf(WINDOW + p)
  }
  // It is behind the lower part.
  if (p < at) return true
  if (p === end && !last) sure = min(sure, at - 1)
  settled = p
  only = p < end && kind === LOWER ? p : caselessEnd
  return at === only
}

function widthAt(p: u32): u32 {
  const byte: u32 = load<u8>(WINDOW + p)
  return byte < 0x80 ? 1 : clz<u32>(~(byte << 24))
}
