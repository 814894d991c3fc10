/**
 * Pieces by their UTF-16 units, one hash table for the whole tree. From `ROOT`, `step` goes one unit down; `node` and
 * `value` tell what is there.
 */
export class PieceTrie {
  /** Four words per slot: parent, unit, node (0: empty), number of the piece that ends here or -1. */
  #slots: Int32Array = new Int32Array(1024 * 4)
  #nodes = 1

  /** Adds a piece under a number; a later number for the same text replaces the earlier one. */
  add(text: string, value: number): void {
    let parent = ROOT
    let slot = -1
    for (let i = 0; i < text.length; i++) {
      slot = this.#place(parent, text.charCodeAt(i))
      parent = this.#slots[slot + 2] as number
    }
    if (slot >= 0) this.#slots[slot + 3] = value
  }

  /** Where `unit` leads from `node`, or -1: to be given to `node` and `value`. */
  step(node: number, unit: number): number {
    const slots = this.#slots
    const mask = slots.length - 4
    let slot = hash(node, unit) & mask
    while ((slots[slot + 2] as number) !== 0) {
      if (slots[slot] === node && slots[slot + 1] === unit) return slot
      slot = (slot + 4) & mask
    }
    return -1
  }

  /** The node to go on from after a step. */
  node(step: number): number {
    return this.#slots[step + 2] as number
  }

  /** The number of the piece that ends with a step, or -1. */
  value(step: number): number {
    return this.#slots[step + 3] as number
  }

  /** End of the longest piece that starts at `units[at]`, or `at` when there is none. */
  longest(units: Uint16Array, at: number, to: number): number {
    let node = ROOT
    let end = at
    for (let i = at; i < to; i++) {
      const step = this.step(node, units[i] as number)
      if (step < 0) break
      if (this.value(step) >= 0) end = i + 1
      node = this.node(step)
    }
    return end
  }

  /** The step that `units[from]` up to `units[to]` end with, going down from a node, or -1. */
  walk(start: number, units: Uint16Array, from: number, to: number): number {
    let node = start
    let step = -1
    for (let i = from; i < to; i++) {
      step = this.step(node, units[i] as number)
      if (step < 0) return -1
      node = this.node(step)
    }
    return step
  }

  #place(parent: number, unit: number): number {
    const found = this.step(parent, unit)
    if (found >= 0) return found
    if (this.#nodes * 8 > this.#slots.length) this.#grow()
    const slot = freeSlot(this.#slots, parent, unit)
    this.#slots[slot] = parent
    this.#slots[slot + 1] = unit
    this.#slots[slot + 2] = this.#nodes++
    this.#slots[slot + 3] = -1
    return slot
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2)
    for (let i = 0; i < old.length; i += 4) {
      if ((old[i + 2] as number) === 0) continue
      const slot = freeSlot(slots, old[i] as number, old[i + 1] as number)
      for (let k = 0; k < 4; k++) slots[slot + k] = old[i + k] as number
    }
    this.#slots = slots
  }
}

/** The node where every piece starts. */
export const ROOT = 0

function freeSlot(slots: Int32Array, parent: number, unit: number): number {
  const mask = slots.length - 4
  let slot = hash(parent, unit) & mask
  while ((slots[slot + 2] as number) !== 0) slot = (slot + 4) & mask
  return slot
}

/** Already times four, as slots have four words. */
function hash(node: number, unit: number): number {
  let h = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 13)) << 2
}
