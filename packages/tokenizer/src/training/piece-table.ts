import type { PieceCounts } from './piece-counts.js'

/** Counts distinct pieces, strings of bytes. Memory grows with them, at about 60 bytes per byte while training. */
export class PieceTable {
  #bytes: Uint8Array = new Uint8Array(1 << 16)
  #offsets: Uint32Array = new Uint32Array(1 << 12)
  #counts: Float64Array = new Float64Array(1 << 12)
  #size = 0
  /** Two words per slot: hash, index of the piece + 1 (0: empty). */
  #slots: Int32Array = new Int32Array(1 << 14)

  counts(): PieceCounts {
    return {
      bytes: this.#bytes.subarray(0, this.#offsets[this.#size]),
      offsets: this.#offsets.subarray(0, this.#size + 1),
      counts: this.#counts.subarray(0, this.#size),
      size: this.#size,
    }
  }

  /** Counts the piece `bytes[start]` up to `bytes[end]`. */
  add(bytes: Uint8Array, start: number, end: number, times = 1): void {
    let hash = 0
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
    hash ^= hash >>> 15
    const slots = this.#slots
    const mask = slots.length - 2
    let slot = (hash << 1) & mask
    for (;;) {
      const piece = (slots[slot + 1] as number) - 1
      if (piece < 0) break
      if (slots[slot] === hash && this.#equals(piece, bytes, start, end)) {
        this.#counts[piece] = (this.#counts[piece] as number) + times
        return
      }
      slot = (slot + 2) & mask
    }
    slots[slot] = hash
    slots[slot + 1] = this.#size + 1
    this.#append(bytes, start, end, times)
    if (this.#size * 4 > slots.length) this.#grow()
  }

  #equals(piece: number, bytes: Uint8Array, start: number, end: number): boolean {
    const mine = this.#bytes
    let at = this.#offsets[piece] as number
    if ((this.#offsets[piece + 1] as number) - at !== end - start) return false
    for (let i = start; i < end; i++) if (mine[at++] !== bytes[i]) return false
    return true
  }

  #append(bytes: Uint8Array, start: number, end: number, times: number): void {
    const at = this.#offsets[this.#size] as number
    const stop = at + end - start
    if (stop > this.#bytes.length) {
      if (stop >= 2 ** 31) {
        throw new RangeError(
          'train: expected at most 2 GiB of distinct pieces, got more; train on a sample',
        )
      }
      const larger = new Uint8Array(Math.max(stop, Math.min(this.#bytes.length * 2, 2 ** 31)))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    if (this.#size + 2 > this.#offsets.length) {
      const offsets = new Uint32Array(this.#offsets.length * 2)
      offsets.set(this.#offsets)
      this.#offsets = offsets
      const counts = new Float64Array(offsets.length)
      counts.set(this.#counts)
      this.#counts = counts
    }
    for (let i = start, to = at; i < end; i++) this.#bytes[to++] = bytes[i] as number
    this.#counts[this.#size] = times
    this.#size++
    this.#offsets[this.#size] = stop
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2)
    const mask = slots.length - 2
    for (let i = 0; i < old.length; i += 2) {
      const hash = old[i] as number
      if (old[i + 1] === 0) continue
      let slot = (hash << 1) & mask
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask
      slots[slot] = hash
      slots[slot + 1] = old[i + 1] as number
    }
    this.#slots = slots
  }
}
