import { ROOT } from '../unigram/piece-trie.js'
import { widthAt } from '../unigram/viterbi.js'
import type { Pieces, Segmenter } from './segmenter.js'

/** Single characters, and the symbols that the user has defined. */
export class CharacterSegmenter implements Segmenter {
  ids: Uint32Array = new Uint32Array(64)
  readonly first: number = 0
  count = 0
  readonly #pieces: Pieces

  constructor(pieces: Pieces) {
    this.#pieces = pieces
  }

  open(): void {}

  run(units: Uint16Array, from: number, to: number): void {
    const { trie, symbols, unused, unknownId } = this.#pieces
    if (to - from > this.ids.length) this.ids = new Uint32Array(2 * (to - from))
    this.count = 0
    for (let at = from; at < to; ) {
      const symbol = symbols.longest(units, at, to)
      const end = symbol > at ? symbol : at + widthAt(units, at, to)
      const step = trie.walk(ROOT, units, at, end)
      const id = step < 0 ? -1 : trie.value(step)
      this.ids[this.count++] = id < 0 || unused.has(id) ? unknownId : id
      at = end
    }
  }
}
