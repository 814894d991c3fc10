/** The bytes of `'s 't 'm 'd 're 've 'll` at an apostrophe, or 0. */
export function contraction(at: usize): u32 {
  return ending(load<u8>(at, 1), load<u8>(at, 2))
}

function ending(a: u32, b: u32): u32 {
  if (a === 0x73 || a === 0x74 || a === 0x6d || a === 0x64) return 2
  if ((a === 0x72 || a === 0x76) && b === 0x65) return 3
  return a === 0x6c && b === 0x6c ? 3 : 0
}

/** The same in any case; `ſ` is an s of another case. */
export function contractionOfAnyCase(at: usize): u32 {
  if (load<u8>(at, 1) === 0xc5 && load<u8>(at, 2) === 0xbf) return 3
  // Only letters become these letters by the bit that makes them small.
  return ending(load<u8>(at, 1) | 0x20, load<u8>(at, 2) | 0x20)
}
