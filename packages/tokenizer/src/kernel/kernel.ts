import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'
import { o200kClass } from '../patterns/o200k.js'
import type { PatternRule } from '../patterns/rule.js'
import { classByLetter, letterOrNumber, SPACE } from '../unicode/classes.js'
import { categories } from '../unicode/ranges.js'
import { type Instance, openInstance } from './instance.js'
import * as at from './layout.js'

/** Cells of short pieces, as powers of two, and room for all that these can become from the start: 24 MB with their entries. */
const FIRST_CELLS = 14
const MOST_CELLS = 20

/** Symbols, of which the 256 bytes are some, fit into 21 bits. */
const MOST_MERGES = (1 << 21) - 257

/** A running kernel with all of its memory. */
export interface Kernel extends Pick<Instance, 'call'> {
  readonly bytes: Uint8Array
  readonly words: Uint32Array
}

/** Starts a kernel for a vocabulary; null where there is none, or when the vocabulary does not fit. */
export function startKernel(vocabulary: BpeVocabulary): Kernel | null {
  const { packed } = vocabulary
  const singles = packed?.byteIds ?? byteIds(vocabulary)
  if (singles.includes(-1)) return null
  const merges = packed?.size ?? vocabulary.left.length
  if (merges > MOST_MERGES) return null
  // Of four slots each, which are filled to 0.8 at most: the merges of published vocabularies then fill 0.76 of a power of two.
  const bucketBits = bitsFor(merges / 3.2, 1)
  const pairs = at.TABLES + (36 << bucketBits)
  const ids = pairs + merges * 8
  const products = ids + 256 * 4
  // Behind them as much again, for merges that make what others make.
  const cellsAt = (products + merges * 8 + 63) & ~63
  const instance = openInstance(cellsAt + at.cellsSize(MOST_CELLS))
  if (instance === null) return null
  const { memory, call } = instance
  const kernel: Kernel = {
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    call,
  }
  call('openCells', cellsAt, FIRST_CELLS, MOST_CELLS)
  fillClasses(kernel, vocabulary.pattern)
  kernel.words.set(singles, at.BYTE_IDS >> 2)
  if (packed === undefined) kernel.words.set(vocabulary.product, products >> 2)
  else packed.writeProducts(instance, products)
  kernel.call('openMerges', at.TABLES, bucketBits, pairs, ids, merges, vocabulary.tokens.size)
  if (packed === undefined) addMerges(kernel, vocabulary)
  else packed.addTo(instance)
  kernel.call('notePairs', merges)
  return vocabulary.ignoreMerges && !seed(kernel, vocabulary) ? null : kernel
}

function bitsFor(count: number, least: number): number {
  let bits = least
  while (1 << bits < count) bits++
  return bits
}

/** Writes what the functions that cut need to know. */
export function fillClasses({ bytes, call }: Kernel, pattern: PatternRule): void {
  for (let length = 0; length < 16; length++) {
    bytes.fill(0xff, at.MASKS + length * 16, at.MASKS + length * 17)
  }
  const classOf = pattern === 'o200k' ? o200kClass : letterOrNumber
  const kinds = classByLetter((category) => (category.startsWith('Z') ? SPACE : classOf(category)))
  bytes.set(kinds, at.IDS)
  new TextEncoder().encodeInto(categories, bytes.subarray(at.WINDOW, at.IDS))
  call('fillClasses', at.WINDOW, categories.length, at.IDS)
}

function addMerges({ words, call }: Kernel, { left, right }: BpeVocabulary): void {
  for (let rank = 0; rank < left.length; rank += at.WINDOW_NUMBERS) {
    const part = left.subarray(rank, rank + at.WINDOW_NUMBERS)
    words.set(part, at.WINDOW >> 2)
    words.set(right.subarray(rank, rank + at.WINDOW_NUMBERS), at.IDS >> 2)
    call('addMerges', at.WINDOW, at.IDS, rank, part.length)
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
    if (from === to || to - from > at.WINDOW_SIZE || special.has(id)) continue
    if (end + to - from > at.WINDOW_SIZE && !flush()) return false
    bytes.set(all.subarray(from, to), at.WINDOW + end)
    words[(at.STARTS >> 2) + count] = end
    words[(at.IDS >> 2) + count] = id
    count++
    end += to - from
  }
  return flush()
}
