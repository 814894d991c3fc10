import type { Dropout } from '../model.js'
import { CharacterMerger } from './merge-characters.js'
import type { SentencePieceFile } from './model-file.js'
import type { Pieces, Segmenter } from './segmenter.js'
import { LONGEST_WORD, WordCache } from './word-cache.js'

export class BpeSegmenter implements Segmenter {
  ids: Uint32Array = new Uint32Array(0)
  first = 0
  count = 0

  readonly #merger: CharacterMerger
  readonly #cache: WordCache | undefined

  constructor(file: SentencePieceFile, pieces: Pieces) {
    this.#merger = new CharacterMerger({ ...pieces, places: placesOf(file) })
    // How an unused piece is taken apart depends on the whole text.
    this.#cache = pieces.unused.size === 0 ? new WordCache() : undefined
  }

  open(): void {}

  run(units: Uint16Array, from: number, to: number, dropout?: Dropout): void {
    const merger = this.#merger
    const cache = dropout === undefined && to - from <= LONGEST_WORD ? this.#cache : undefined
    let word = cache?.find(units, from, to) ?? -1
    if (word < 0) {
      merger.run(units, from, to, dropout)
      if (cache !== undefined) word = cache.add(units, from, to, merger.ids, merger.count)
    }
    if (cache !== undefined && word >= 0) {
      this.ids = cache.ids
      this.first = cache.idStarts[word] as number
      this.count = (cache.idStarts[word + 1] as number) - this.first
    } else {
      this.ids = merger.ids
      this.first = 0
      this.count = merger.count
    }
  }
}

/** Equal scores have equal places, from the highest on. */
function placesOf({ pieces }: SentencePieceFile): Int32Array {
  const order = [...new Set(pieces.map(({ score }) => score))].sort((a, b) => b - a)
  const places = new Map(order.map((score, place) => [score, place]))
  return Int32Array.from(pieces, ({ score }) => places.get(score) as number)
}
