import { kernelCut } from '../bpe/kernel-cut.js'
import { KernelWindow } from '../bpe/kernel-window.js'
import { openInstance } from '../kernel/instance.js'
import { fillClasses } from '../kernel/kernel.js'
import { STARTS, TABLES, WINDOW } from '../kernel/layout.js'
import { type PatternRule, patternOf } from '../patterns/rule.js'
import { type PieceCounter, patternCounter } from './piece-counter.js'
import { PieceTable } from './piece-table.js'

/** Slots for short pieces, as a power of two: 16 MB, of which 0.6 are filled. */
const SLOT_BITS = 19
const SLOT_WORDS = 8
/** In place of what depends on a vocabulary. */
const SLOTS = TABLES

/**
 * Counts the pieces that a pattern cuts, short ones in WebAssembly; null where that is not possible. Its slow twin is
 * `patternCounter`.
 */
export function kernelCounter(rule: PatternRule): PieceCounter | null {
  const instance = openInstance(SLOTS + ((4 * SLOT_WORDS) << SLOT_BITS))
  if (instance === null) return null
  const { call, memory } = instance
  const bytes = new Uint8Array(memory.buffer)
  const words = new Uint32Array(memory.buffer)
  const floats = new Float64Array(memory.buffer)
  const kernel = { call, bytes, words }
  fillClasses(kernel, rule)
  const cut = kernelCut(kernel, rule)
  const window = new KernelWindow(kernel)
  const table = new PieceTable()
  let twin: PieceCounter | undefined
  open()

  return {
    add(text) {
      let total = 0
      window.open(text)
      for (;;) {
        window.fill()
        const count = cut(window.end, window.last)
        countPieces(count)
        if (window.last) return total + window.end
        total += words[(STARTS >> 2) + count] as number
        const rest = window.keep(count)
        if (rest === undefined) continue
        // A piece as long as the window: the twin has one that grows.
        twin ??= patternCounter(patternOf(rule), table)
        return total + twin.add(rest)
      }
    },
    counts() {
      drain()
      return table.counts()
    },
  }

  function countPieces(count: number): void {
    for (let piece = 0; piece < count; piece++) {
      piece = call('countPieces', piece, count)
      if (piece === count) return
      const start = words[(STARTS >> 2) + piece] as number
      const end = words[(STARTS >> 2) + piece + 1] as number
      if (end - start < 16) drain()
      table.add(bytes, WINDOW + start, WINDOW + end)
    }
  }

  function open(): void {
    call('openCounts', SLOTS, SLOT_BITS, Math.floor(0.6 * 2 ** SLOT_BITS))
  }

  /** Takes the pieces out of the slots. */
  function drain(): void {
    const end = SLOTS + ((4 * SLOT_WORDS) << SLOT_BITS)
    for (let slot = SLOTS; slot < end; slot += 4 * SLOT_WORDS) {
      const length = bytes[slot + 15] as number
      if (length === 0) continue
      table.add(bytes, slot, slot + length, floats[(slot >> 3) + 2])
      bytes.fill(0, slot, slot + 4 * SLOT_WORDS)
    }
    open()
  }
}
