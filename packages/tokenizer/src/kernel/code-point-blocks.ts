/** The classes of all code points in blocks of 256, equal blocks once: `classes[256 * blocks[point >> 8] + (point & 255)]`. */
export interface CodePointBlocks {
  readonly blocks: Uint8Array
  readonly classes: Uint8Array
}

const made = new Map<Uint8Array, CodePointBlocks>()

/** Blocks of a table by code point; made once for each. */
export function codePointBlocks(table: Uint8Array): CodePointBlocks {
  let found = made.get(table)
  if (found === undefined) {
    found = make(table)
    made.set(table, found)
  }
  return found
}

function make(all: Uint8Array): CodePointBlocks {
  const blocks = new Uint8Array(all.length >> 8)
  const words = new Uint32Array(all.buffer)
  const known = new Map<number, number[]>()
  const firsts: number[] = []
  for (let block = 0; block < blocks.length; block++) {
    const hash = hashWords(words, block * 64)
    const alike = known.get(hash) ?? []
    let index = alike.find((other) => same(words, (firsts[other] as number) * 64, block * 64))
    if (index === undefined) {
      index = firsts.length
      firsts.push(block)
      known.set(hash, [...alike, index])
    }
    blocks[block] = index
  }
  const classes = new Uint8Array(firsts.length * 256)
  firsts.forEach((block, i) => {
    classes.set(all.subarray(block * 256, (block + 1) * 256), i * 256)
  })
  return { blocks, classes }
}

function hashWords(words: Uint32Array, from: number): number {
  let hash = 0
  for (let i = from; i < from + 64; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}

function same(words: Uint32Array, a: number, b: number): boolean {
  for (let i = 0; i < 64; i++) if (words[a + i] !== words[b + i]) return false
  return true
}
