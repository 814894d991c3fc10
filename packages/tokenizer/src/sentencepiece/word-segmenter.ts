import { type PieceTrie, ROOT } from '../unigram/piece-trie.js'
import { SPACE_MARK_UNIT } from './model-file.js'
import type { Pieces, Segmenter } from './segmenter.js'

/** Whole words, each from a space mark up to the next. */
export class WordSegmenter implements Segmenter {
  ids: Uint32Array = new Uint32Array(16)
  readonly first: number = 0
  count = 0
  readonly #trie: PieceTrie
  readonly #unused: ReadonlySet<number>
  readonly #unknownId: number

  constructor({ trie, unused, unknownId }: Pieces) {
    this.#trie = trie
    this.#unused = unused
    this.#unknownId = unknownId
  }

  open(): void {}

  run(units: Uint16Array, from: number, to: number): void {
    this.count = 0
    for (let at = from; at < to; ) {
      const end = endOfWord(units, at, to)
      const step = this.#trie.walk(ROOT, units, at, end)
      const id = step < 0 ? -1 : this.#trie.value(step)
      if (this.count === this.ids.length) {
        const larger = new Uint32Array(2 * this.count)
        larger.set(this.ids)
        this.ids = larger
      }
      this.ids[this.count++] = id < 0 || this.#unused.has(id) ? this.#unknownId : id
      at = end
    }
  }
}

/** Where the word that starts at `units[from]` ends: at the next space mark. */
export function endOfWord(units: Uint16Array, from: number, to: number): number {
  const next = units.indexOf(SPACE_MARK_UNIT, from + 1)
  return next < 0 || next > to ? to : next
}
