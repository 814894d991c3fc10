import { SPACE } from './classes'
import { CLASS_BLOCKS, CLASSES } from './layout'

/**
 * Puts the class of every code point into blocks, equal blocks once. `categories` are those of src/unicode/ranges.ts: how many
 * code points, in base 36 (left out for one), and the letter of their category, whose class stands at `kinds`. Controls that
 * are white space have no category of their own. Returns the number of blocks.
 */
export function fillClasses(categories: usize, length: u32, kinds: usize): u32 {
  let blocks: u32 = 0
  let point: u32 = 0
  let run: u32 = 0
  for (let i: u32 = 0; i < length; i++) {
    const code: u32 = load<u8>(categories + i)
    if (code < 0x41 || code > 0x60) {
      run = run * 36 + (code < 0x41 ? code - 0x30 : code - 0x57)
      continue
    }
    const end = point + (run === 0 ? 1 : run)
    run = 0
    while (point < end) {
      const next = min<u32>(end, (point | 0xff) + 1)
      const at = CLASSES + (((<usize>blocks) << 8) | (point & 0xff))
      memory.fill(at, load<u8>(kinds + code), next - point)
      point = next
      if ((point & 0xff) === 0 && !isKnown((point >> 8) - 1, blocks)) blocks++
    }
  }
  return blocks
}

/** Whether the block that has just been filled is like one before; notes which one it is. */
function isKnown(index: u32, block: u32): bool {
  if (index === 0) {
    memory.fill(CLASSES + 0x09, <u8>SPACE, 5)
    store<u8>(CLASSES + 0x85, <u8>SPACE)
  }
  let like: u32 = index === 0 ? 0 : load<u8>(CLASS_BLOCKS + index - 1)
  if (like === block || !same(like, block)) {
    like = 0
    while (like < block && !same(like, block)) like++
  }
  store<u8>(CLASS_BLOCKS + index, <u8>like)
  return like < block
}

function same(a: u32, b: u32): bool {
  const x = CLASSES + ((<usize>a) << 8)
  const y = CLASSES + ((<usize>b) << 8)
  for (let i: usize = 0; i < 256; i += 16)
    if (v128.any_true(v128.xor(v128.load(x + i), v128.load(y + i)))) return false
  return true
}
