/**
 * Bytes of `(?i:'s|'t|'d|'m|'ll|'ve|'re)` at `p`, 0 where there is none, and -1 where what follows `end` decides.
 * As Unicode has it, and so both engines that published patterns run on, `ſ` is an s of another case.
 */
export function contractionLength(
  bytes: Uint8Array,
  p: number,
  end: number,
  last: boolean,
): number {
  if (p === end) return last ? 0 : -1
  if (bytes[p] !== 0x27) return 0
  if (p + 2 >= end && !last) return -1
  // Only letters become these letters by the bit that makes them small.
  const a = p + 1 < end ? (bytes[p + 1] as number) | 0x20 : 0
  if (a === 0x73 || a === 0x74 || a === 0x64 || a === 0x6d) return 2
  const b = p + 2 < end ? (bytes[p + 2] as number) | 0x20 : 0
  if ((a === 0x76 || a === 0x72) && b === 0x65) return 3
  if (a === 0x6c && b === 0x6c) return 3
  return p + 2 < end && bytes[p + 1] === 0xc5 && bytes[p + 2] === 0xbf ? 3 : 0
}
