/** MurmurHash3's 32-bit finaliser: every input bit changes about half of the output bits. */
export function mix(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** 32-bit hash of the UTF-16 code units `start` to `end` of a text (FNV-1a over units, then mixed). */
export function hashRange(text: string, start: number, end: number, seed: number): number {
  let h = seed
  for (let i = start; i < end; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h ^ (end - start))
}
