import { STARTS } from './layout'

let starts: usize = STARTS

/** Begins the list of the starts of pieces. */
export function openStarts(): void {
  starts = STARTS
}

/** Appends the starts among the 64 bytes at `offset` of the window. */
export function addStarts(bitsOfStarts: u64, offset: u32): void {
  let out = starts
  starts += (<usize>popcnt(bitsOfStarts)) << 2
  // Four at a time, as a branch for each is more to guess; what is too many is overwritten.
  for (let rest = bitsOfStarts; rest !== 0; out += 16) {
    store<u32>(out, offset + <u32>ctz(rest))
    rest &= rest - 1
    store<u32>(out, offset + <u32>ctz(rest), 4)
    rest &= rest - 1
    store<u32>(out, offset + <u32>ctz(rest), 8)
    rest &= rest - 1
    store<u32>(out, offset + <u32>ctz(rest), 12)
    rest &= rest - 1
  }
}

/** The last start of the list. */
export function lastStart(): u32 {
  return load<u32>(starts - 4)
}

/**
 * Ends the list and returns the number of pieces whose end is sure: those that end at a start up to `sure`, and the last
 * one when all of the `end` bytes are sure.
 */
export function closeStarts(end: u32, sure: u32): u32 {
  while (starts > STARTS && load<u32>(starts - 4) >= end) starts -= 4
  store<u32>(starts, end)
  let at = starts
  while (at > STARTS && load<u32>(at) > sure) at -= 4
  return <u32>(at - STARTS) >> 2
}
