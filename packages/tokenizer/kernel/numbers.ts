/** Numbers since the last start, at the end of the block before. */
let count: u32 = 0

/** Begins with the window. */
export function openNumbers(): void {
  count = 0
}

/**
 * The starts among a block's numbers `n`, of which those of `within` are bytes inside characters: a new piece after at most
 * `digits` of them. `before` says whether the block before ends with one; it then was the block of the call before.
 */
export function numberStarts(n: u64, within: u64, before: u64, digits: u32): u64 {
  const leads = n & ~within
  let starts = n & ~((n << 1) | before)
  let long = n & (n << 1)
  if (digits > 1) long &= n << 2
  if (digits > 2) long &= n << 3
  if (long === 0 && (n & before) === 0) {
    // No piece is full: what counts for the next block is the run at the end.
    const run = clz(~n)
    count = run === 0 ? 0 : <u32>popcnt(leads >> (64 - run))
    return starts
  }
  for (let rest = leads; rest !== 0; rest &= rest - 1) {
    const here = rest & (~rest + 1)
    if ((starts & here) !== 0) count = 1
    else if (count < digits) count++
    else {
      count = 1
      starts |= here
    }
  }
  return starts
}
