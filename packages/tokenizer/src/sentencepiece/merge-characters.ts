import { Heap } from '../heap.js'
import type { Dropout } from '../model.js'
import { type PieceTrie, ROOT } from '../unigram/piece-trie.js'
import { widthAt } from '../unigram/viterbi.js'

/** Pieces of a BPE model. Two neighbours merge where their text is a piece, whatever they are. */
export interface BpePieces {
  /** Pieces by their text; a piece is its id. */
  readonly trie: PieceTrie
  /** Symbols that are never taken apart nor merged. */
  readonly symbols: PieceTrie
  /** Place of each id in the order of merging: less is sooner, equal scores have equal places. */
  readonly places: Int32Array
  /** Ids that are made while merging and taken apart in the end. */
  readonly unused: ReadonlySet<number>
  readonly unknownId: number
}

/**
 * BPE as SentencePiece does it: characters, then the merge of the highest score, leftmost among equals, until none is
 * left. O(n log n). Its slow twin is `mergeCharactersReference`.
 */
export class CharacterMerger {
  /** Ids, `count` of them. */
  ids: Uint32Array = new Uint32Array(64)
  count = 0

  readonly #pieces: BpePieces
  /** By symbol: where it starts and ends, its neighbours, and the node of its text or -1 where nothing goes on from it. */
  #from: Int32Array = new Int32Array(64)
  #to: Int32Array = new Int32Array(64)
  #next: Int32Array = new Int32Array(64)
  #previous: Int32Array = new Int32Array(64)
  #node: Int32Array = new Int32Array(64)
  /** The id of each symbol, the unknown one included. */
  #id: Int32Array = new Int32Array(64)
  #size = 0
  /** How an unused piece was last made: the end of its left part, counted from its start. */
  readonly #parts = new Map<number, number>()

  constructor(pieces: BpePieces) {
    this.#pieces = pieces
  }

  run(units: Uint16Array, from: number, to: number, dropout?: Dropout): void {
    this.#reserve(to - from)
    this.#parts.clear()
    this.#split(units, from, to)
    this.#merge(units, dropout)
    this.count = 0
    for (let i = 0; i < this.#size; i = this.#next[i] as number) {
      this.#put(units, this.#from[i] as number, this.#to[i] as number, this.#id[i] as number)
    }
  }

  #split(units: Uint16Array, from: number, to: number): void {
    const { trie, symbols } = this.#pieces
    let size = 0
    for (let at = from; at < to; size++) {
      const symbol = symbols.longest(units, at, to)
      const end = symbol > at ? symbol : at + widthAt(units, at, to)
      const step = trie.walk(ROOT, units, at, end)
      this.#from[size] = at
      this.#to[size] = end
      this.#next[size] = size + 1
      this.#previous[size] = size - 1
      // A symbol keeps the node -2: it merges with nothing, to the left or to the right.
      this.#node[size] = symbol > at ? -2 : step < 0 ? -1 : trie.node(step)
      const id = step < 0 ? -1 : trie.value(step)
      this.#id[size] = id < 0 ? this.#pieces.unknownId : id
      at = end
    }
    this.#size = size
  }

  #merge(units: Uint16Array, dropout: Dropout | undefined): void {
    const { trie, places, unused } = this.#pieces
    const size = this.#size
    const heap = new Heap(size)

    /** The step to the piece that symbol `i` and the one after it make, or -1. */
    const pair = (i: number): number => {
      const j = this.#next[i] as number
      const node = this.#node[i] as number
      if (j >= size || node < 0 || this.#node[j] === -2) return -1
      const step = trie.walk(node, units, this.#from[j] as number, this.#to[j] as number)
      return step < 0 || trie.value(step) < 0 ? -1 : step
    }
    const offer = (i: number): void => {
      const step = pair(i)
      if (step < 0) return
      const id = trie.value(step)
      heap.push((places[id] as number) * size + i)
      if (unused.has(id)) this.#parts.set(id, (this.#to[i] as number) - (this.#from[i] as number))
    }

    for (let i = 0; i + 1 < size; i++) offer(i)
    while (heap.size > 0) {
      const entry = heap.pop()
      const place = Math.floor(entry / size)
      const i = entry - place * size
      // A symbol that went into another has an empty text.
      if (this.#to[i] === this.#from[i]) continue
      const step = pair(i)
      if (step < 0 || places[trie.value(step)] !== place) continue
      if (dropout !== undefined && dropout.random() < dropout.rate) continue
      const j = this.#next[i] as number
      const after = this.#next[j] as number
      this.#to[i] = this.#to[j] as number
      this.#from[j] = this.#to[j] as number
      this.#node[i] = trie.node(step)
      this.#id[i] = trie.value(step)
      this.#next[i] = after
      if (after < size) this.#previous[after] = i
      const before = this.#previous[i] as number
      if (before >= 0) offer(before)
      offer(i)
    }
  }

  /** Appends a piece, or what it was made of when it is unused. */
  #put(units: Uint16Array, from: number, to: number, id: number): void {
    const { trie, unused, unknownId } = this.#pieces
    const split = unused.has(id) ? this.#parts.get(id) : undefined
    if (split === undefined) {
      this.ids[this.count++] = unused.has(id) ? unknownId : id
      return
    }
    for (const [start, end] of [
      [from, from + split],
      [from + split, to],
    ] as const) {
      const step = trie.walk(ROOT, units, start, end)
      const part = step < 0 ? -1 : trie.value(step)
      this.#put(units, start, end, part < 0 ? unknownId : part)
    }
  }

  #reserve(length: number): void {
    const held = this.ids.length
    const size = Math.max(64, 2 * length)
    if (length <= held && (held <= 1 << 16 || held <= 4 * size)) return
    this.ids = new Uint32Array(size)
    this.#from = new Int32Array(size)
    this.#to = new Int32Array(size)
    this.#next = new Int32Array(size)
    this.#previous = new Int32Array(size)
    this.#node = new Int32Array(size)
    this.#id = new Int32Array(size)
  }
}
