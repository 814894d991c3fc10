import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'
import { o200kClasses } from '../patterns/o200k.js'
import { codePointClasses } from '../unicode/classes.js'
import { codePointBlocks } from './code-point-blocks.js'
import { kernelModule } from './kernel-module.js'
import * as at from './layout.js'
import { type WebAssemblyMemory, webAssembly } from './web-assembly.js'

/** Slots of short pieces, as powers of two: 0.5 MB at first, 32 MB in the end. They are filled to 0.6. */
const FIRST_SLOTS = 14
const MOST_SLOTS = 20
const PAGE = 1 << 16

/** A running kernel with the tables of one vocabulary. */
export interface Kernel {
  /** All of its memory, anew after `grow`. */
  bytes: Uint8Array
  words: Uint32Array
  /** Calls one of its functions. */
  readonly call: (name: string, ...args: number[]) => number
  readonly mayGrow: () => boolean
  /** Makes room for more pieces. Ids in the kernel's memory are lost. */
  readonly grow: () => void
}

/** Starts a kernel for a vocabulary; null where there is none, or when the vocabulary does not fit. */
export function startKernel(vocabulary: BpeVocabulary): Kernel | null {
  const module = kernelModule()
  const namespace = webAssembly()
  const singles = byteIds(vocabulary)
  if (module === null || namespace === undefined || singles.includes(-1)) return null
  const merges = vocabulary.left.length
  const pairBits = bitsFor(merges * 2, 4)
  const products = at.TABLES + (8 << pairBits)
  const slotsAt = (products + merges * 4 + 63) & ~63
  let slotBits = FIRST_SLOTS
  if (vocabulary.ignoreMerges) slotBits = bitsFor((vocabulary.tokens.size + 4096) / 0.6, slotBits)
  if (slotBits > MOST_SLOTS) return null

  const most = Math.ceil((slotsAt + (32 << MOST_SLOTS)) / PAGE)
  let memory: WebAssemblyMemory
  try {
    memory = new namespace.Memory({ initial: pages(slotBits), maximum: most })
  } catch {
    // No room in the address space: each memory reserves gigabytes of it.
    return null
  }
  const { exports } = new namespace.Instance(module, { env: { memory } })
  const kernel: Kernel = {
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    call(name, ...args) {
      const f = exports[name]
      if (typeof f !== 'function') throw new Error(`kernel: expected a function ${name}`)
      return Number(f(...args))
    },
    mayGrow: () => slotBits < MOST_SLOTS,
    grow,
  }
  open()
  fillTables(kernel, vocabulary, singles, { pairBits, products })
  return vocabulary.ignoreMerges && !seed(kernel, vocabulary) ? null : kernel

  function pages(bits: number): number {
    return Math.ceil((slotsAt + (32 << bits)) / PAGE)
  }

  function open(): void {
    kernel.call('openSlots', slotsAt, slotBits, Math.floor((1 << slotBits) * 0.6))
  }

  function grow(): void {
    const old = kernel.words.slice(slotsAt >> 2, (slotsAt >> 2) + (8 << slotBits))
    memory.grow(pages(slotBits + 1) - pages(slotBits))
    kernel.bytes = new Uint8Array(memory.buffer)
    kernel.words = new Uint32Array(memory.buffer)
    kernel.words.fill(0, slotsAt >> 2, (slotsAt >> 2) + (8 << slotBits))
    slotBits++
    open()
    const step = 4096 * 8
    for (let from = 0; from < old.length; from += step) {
      const part = old.subarray(from, from + step)
      kernel.words.set(part, at.IDS >> 2)
      kernel.call('moveSlots', at.IDS, part.length >> 3)
    }
  }
}

function bitsFor(count: number, least: number): number {
  let bits = least
  while (1 << bits < count) bits++
  return bits
}

function fillTables(
  kernel: Kernel,
  { pattern, left, right, product }: BpeVocabulary,
  singles: Int32Array,
  { pairBits, products }: { pairBits: number; products: number },
): void {
  const { bytes, words } = kernel
  for (let length = 0; length < 16; length++) {
    bytes.fill(0xff, at.MASKS + length * 16, at.MASKS + length * 17)
  }
  words.set(singles, at.BYTE_IDS >> 2)
  const points = codePointBlocks(pattern === 'o200k' ? o200kClasses() : codePointClasses())
  bytes.set(points.blocks, at.CLASS_BLOCKS)
  bytes.set(points.classes, at.CLASSES)
  words.set(product, products >> 2)
  kernel.call('openMerges', at.TABLES, pairBits, products)
  const step = 0x2000
  for (let from = 0; from < left.length; from += step) {
    const part = left.subarray(from, from + step)
    words.set(part, at.WINDOW >> 2)
    words.set(right.subarray(from, from + step), at.IDS >> 2)
    kernel.call('addMerges', at.WINDOW, at.IDS, from, part.length)
  }
  const byteOf = new Map(Array.from(singles, (id, byte) => [id, byte]))
  for (let rank = 0; rank < left.length; rank++) {
    const a = byteOf.get(left[rank] as number)
    const b = a === undefined ? undefined : byteOf.get(right[rank] as number)
    if (a === undefined || b === undefined) continue
    const slot = (at.BYTE_PAIRS >> 2) + a * 256 + b
    if (words[slot] === 0) words[slot] = rank + 1
  }
}

/** Tells the kernel all tokens, as pieces that are one id. False when they do not fit. */
function seed(kernel: Kernel, { tokens, specialTokens }: BpeVocabulary): boolean {
  const { bytes: all, offsets, size } = tokens
  const { bytes, words } = kernel
  const special = new Set(specialTokens.values())
  let count = 0
  let end = 0
  const flush = (): boolean => {
    words[(at.STARTS >> 2) + count] = end
    const taken = kernel.call('seedPieces', count)
    const fit = taken === count
    count = 0
    end = 0
    return fit
  }
  for (let id = 0; id < size; id++) {
    const from = offsets[id] as number
    const to = offsets[id + 1] as number
    if (from === to || to - from > 256 || special.has(id)) continue
    if (end + to - from > at.WINDOW_SIZE - 16 && !flush()) return false
    bytes.set(all.subarray(from, to), at.WINDOW + end)
    words[(at.STARTS >> 2) + count] = end
    words[(at.IDS >> 2) + count] = id
    count++
    end += to - from
  }
  return flush()
}
