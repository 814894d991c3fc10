import type { TokenTable } from '../token-table.js'

/** Finds tokens by their bytes. Special tokens and ids that stand for nothing are not in it. */
export class TokenIndex {
  readonly #tokens: TokenTable
  readonly #longest: number
  readonly #mask: number
  /** Id + 1; 0: empty. */
  readonly #slots: Int32Array

  constructor(tokens: TokenTable, specialTokens: ReadonlyMap<string, number>) {
    const { bytes, offsets, size } = tokens
    const special = new Set(specialTokens.values())
    let slots = 16
    while (slots < size * 2) slots *= 2
    this.#tokens = tokens
    this.#mask = slots - 1
    this.#slots = new Int32Array(slots)
    let longest = 0
    for (let id = 0; id < size; id++) {
      const start = offsets[id] as number
      const end = offsets[id + 1] as number
      if (start === end || special.has(id)) continue
      if (end - start > longest) longest = end - start
      let slot = hashBytes(bytes, start, end) & this.#mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = id + 1
    }
    this.#longest = longest
  }

  /** The id of the token that is `bytes[start]` up to `bytes[end]`, the lowest if there are several, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length > this.#longest) return -1
    const { bytes: all, offsets } = this.#tokens
    let slot = hashBytes(bytes, start, end) & this.#mask
    for (;;) {
      const id = (this.#slots[slot] as number) - 1
      if (id < 0) return -1
      const at = offsets[id] as number
      if ((offsets[id + 1] as number) - at === length) {
        let i = 0
        while (i < length && all[at + i] === bytes[start + i]) i++
        if (i === length) return id
      }
      slot = (slot + 1) & this.#mask
    }
  }
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 13)
}
