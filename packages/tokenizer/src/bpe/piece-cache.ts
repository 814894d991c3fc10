/** Pieces up to this many bytes are keyed by their bytes as four words; longer ones by a hash and a copy. */
export const SHORT = 16
/** Longer pieces are merged each time: they hardly ever repeat. */
const LONG = 256

/** How far the tables may grow; slots are powers of two. */
export interface CacheLimits {
  readonly shortSlots: number
  readonly longSlots: number
  readonly longBytes: number
  readonly ids: number
}

/** About 60 MB when all of it is used: 629,000 short pieces, 65,000 long ones. */
const LIMITS: CacheLimits = {
  shortSlots: 1 << 20,
  longSlots: 1 << 17,
  longBytes: 1 << 23,
  ids: 1 << 22,
}

/**
 * The ids of pieces seen before. Grows with what it holds up to its limits, and then stops taking in more: in
 * natural text the frequent pieces come early, and evicting costs more than the rare ones save.
 */
export class PieceCache {
  /** Eight words per slot: the piece in four, its length (0: empty), the number of ids, two ids or where they are in `ids`. */
  slots: Int32Array = new Int32Array(1024 * 8)
  /** Ids of pieces with more than two. */
  ids: Uint32Array = new Uint32Array(1024)

  #entries = 0
  #idsEnd = 0
  /** Five words per slot: hash, start of the copy, length (0: empty), number of ids, where they are in `ids`. */
  #longSlots: Int32Array = new Int32Array(256 * 5)
  #longEntries = 0
  #longBytes: Uint8Array = new Uint8Array(4096)
  #longEnd = 0
  readonly #limits: CacheLimits

  constructor(limits: CacheLimits = LIMITS) {
    this.#limits = limits
  }

  /** Pieces held. */
  get size(): number {
    return this.#entries + this.#longEntries
  }

  /** The slot of a short piece: one that holds it, or else the empty one where it belongs. */
  find(k0: number, k1: number, k2: number, k3: number, length: number): number {
    const slots = this.slots
    const mask = slots.length - 8
    let slot = (hashKey(k0, k1, k2, k3) << 3) & mask
    for (;;) {
      const found = slots[slot + 4] as number
      if (found === 0) return slot
      if (
        slots[slot] === k0 &&
        slots[slot + 1] === k1 &&
        slots[slot + 2] === k2 &&
        slots[slot + 3] === k3 &&
        found === length
      ) {
        return slot
      }
      slot = (slot + 8) & mask
    }
  }

  /** Keeps the `count` ids at `ids[from]` for a short piece, in the empty slot that `find` gave. */
  add(
    slot: number,
    k0: number,
    k1: number,
    k2: number,
    k3: number,
    length: number,
    ids: Uint32Array,
    from: number,
    count: number,
  ): void {
    const capacity = this.slots.length >> 3
    if (this.#entries >= capacity * 0.6 && capacity >= this.#limits.shortSlots) return
    const kept = count > 2 ? this.#keep(ids, from, count) : 0
    if (kept < 0) return
    const slots = this.slots
    slots[slot] = k0
    slots[slot + 1] = k1
    slots[slot + 2] = k2
    slots[slot + 3] = k3
    slots[slot + 4] = length
    slots[slot + 5] = count
    slots[slot + 6] = count > 2 ? kept : (ids[from] as number)
    slots[slot + 7] = count === 2 ? (ids[from + 1] as number) : 0
    this.#entries++
    if (this.#entries >= capacity * 0.6 && capacity < this.#limits.shortSlots) this.#grow()
  }

  /** Copies the ids of a long piece to `out[at]` and returns how many; 0 when it is not here. */
  copyLong(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): number {
    const length = end - start
    if (length > LONG) return 0
    const slot = this.#findLong(hashBytes(bytes, start, end), bytes, start, length)
    if (this.#longSlots[slot + 2] === 0) return 0
    const count = this.#longSlots[slot + 3] as number
    const from = this.#longSlots[slot + 4] as number
    for (let i = 0; i < count; i++) out[at + i] = this.ids[from + i] as number
    return count
  }

  addLong(
    bytes: Uint8Array,
    start: number,
    end: number,
    ids: Uint32Array,
    from: number,
    count: number,
  ): void {
    const length = end - start
    const capacity = this.#longSlots.length / 5
    if (length > LONG || this.#longEnd + length > this.#limits.longBytes) return
    if (this.#longEntries >= capacity / 2) {
      if (capacity >= this.#limits.longSlots) return
      this.#growLong()
    }
    const kept = this.#keep(ids, from, count)
    if (kept < 0) return
    if (this.#longEnd + length > this.#longBytes.length) {
      const larger = new Uint8Array(this.#longBytes.length * 2)
      larger.set(this.#longBytes)
      this.#longBytes = larger
    }
    const hash = hashBytes(bytes, start, end)
    const slot = this.#findLong(hash, bytes, start, length)
    this.#longBytes.set(bytes.subarray(start, end), this.#longEnd)
    this.#longSlots.set([hash, this.#longEnd, length, count, kept], slot)
    this.#longEnd += length
    this.#longEntries++
  }

  #findLong(hash: number, bytes: Uint8Array, start: number, length: number): number {
    const slots = this.#longSlots
    const mask = slots.length / 5 - 1
    let index = hash & mask
    for (;;) {
      const slot = index * 5
      const found = slots[slot + 2] as number
      if (found === 0) return slot
      if (found === length && slots[slot] === hash) {
        const copy = this.#longBytes
        const from = slots[slot + 1] as number
        let i = 0
        while (i < length && copy[from + i] === bytes[start + i]) i++
        if (i === length) return slot
      }
      index = (index + 1) & mask
    }
  }

  /** Where the copied ids are, or -1 when there is no room. */
  #keep(ids: Uint32Array, from: number, count: number): number {
    const at = this.#idsEnd
    if (at + count > this.ids.length) {
      if (at + count > this.#limits.ids) return -1
      const larger = new Uint32Array(this.ids.length * 2)
      larger.set(this.ids)
      this.ids = larger
    }
    this.ids.set(ids.subarray(from, from + count), at)
    this.#idsEnd += count
    return at
  }

  #grow(): void {
    const old = this.slots
    this.slots = new Int32Array(old.length * 2)
    for (let from = 0; from < old.length; from += 8) {
      const piece = old.subarray(from, from + 8)
      const length = piece[4] as number
      if (length === 0) continue
      const slot = this.find(piece[0]!, piece[1]!, piece[2]!, piece[3]!, length)
      this.slots.set(piece, slot)
    }
  }

  #growLong(): void {
    const old = this.#longSlots
    this.#longSlots = new Int32Array(old.length * 2)
    const mask = this.#longSlots.length / 5 - 1
    for (let slot = 0; slot < old.length; slot += 5) {
      if (old[slot + 2] === 0) continue
      let index = (old[slot] as number) & mask
      while (this.#longSlots[index * 5 + 2] !== 0) index = (index + 1) & mask
      this.#longSlots.set(old.subarray(slot, slot + 5), index * 5)
    }
  }
}

function hashKey(k0: number, k1: number, k2: number, k3: number): number {
  let hash =
    Math.imul(k0, 0x9e3779b1) ^
    Math.imul(k1, 0x85ebca77) ^
    Math.imul(k2, 0xc2b2ae3d) ^
    Math.imul(k3, 0x27d4eb2f)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return hash ^ (hash >>> 15)
}
