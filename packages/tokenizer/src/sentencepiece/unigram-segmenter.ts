import { SUM_LIMIT, type UnigramPieces, Viterbi } from '../unigram/viterbi.js'
import type { SentencePieceFile } from './model-file.js'
import type { Pieces, Segmenter } from './segmenter.js'
import { LONGEST_WORD, WordCache } from './word-cache.js'

/**
 * SentencePiece sums scores from the start of the text in 32-bit floats, so that rounding can decide between paths that
 * are nearly as good. A word is remembered with the distance to the second best path, and searched again, from the
 * sum before it, where rounding may exceed that.
 */
export class UnigramSegmenter implements Segmenter {
  ids: Uint32Array = new Uint32Array(0)
  first = 0
  count = 0

  readonly #scores: Float64Array
  readonly #exact: Viterbi
  readonly #word: Viterbi
  readonly #cache = new WordCache()
  /** Largest score by size, the unknown one included. */
  readonly #largest: number
  #sum = 0

  constructor(file: SentencePieceFile, pieces: Pieces) {
    const unigram = { ...pieces, ...scoresOf(file) }
    this.#scores = unigram.scores.slice()
    this.#scores[pieces.unknownId] = unigram.unknownScore
    this.#exact = new Viterbi(unigram, { single: true })
    this.#word = new Viterbi(unigram)
    this.#largest = this.#scores.reduce((size, score) => Math.max(size, Math.abs(score)), 0)
  }

  open(): void {
    this.#sum = 0
  }

  run(units: Uint16Array, from: number, to: number): void {
    const length = to - from
    const largest = Math.abs(this.#sum) + length * this.#largest
    // A sum is off by at most half a unit in the last place for each piece of the word.
    const off = (2 * length + 2) * largest * 2 ** -24
    const cache = this.#cache
    let word = -1
    if (length <= LONGEST_WORD && largest < SUM_LIMIT) {
      word = cache.find(units, from, to)
      if (word < 0) {
        const found = this.#word
        found.run(units, from, to, 0)
        word = cache.add(units, from, to, found.ids, found.count, found.margin)
      }
    }
    if (word >= 0 && (cache.margins[word] as number) > off) {
      this.ids = cache.ids
      this.first = cache.idStarts[word] as number
      this.count = (cache.idStarts[word + 1] as number) - this.first
      let sum = this.#sum
      for (let i = this.first; i < this.first + this.count; i++) {
        sum = Math.fround(sum + (this.#scores[this.ids[i] as number] as number))
      }
      this.#sum = sum
      return
    }
    this.#sum = this.#exact.run(units, from, to, this.#sum)
    this.ids = this.#exact.ids
    this.first = 0
    this.count = this.#exact.count
  }
}

/** Penalty of a character that is no piece, below the lowest score. */
const UNKNOWN_PENALTY = 10

/** As SentencePiece computes them, in 32-bit floats; symbols of the user win over any other piece. */
function scoresOf({ pieces }: SentencePieceFile): Pick<UnigramPieces, 'scores' | 'unknownScore'> {
  let min = 3.4028234663852886e38
  for (const { type, score } of pieces) if (type === 'normal') min = Math.min(min, score)
  const utf8 = new TextEncoder()
  const scores = pieces.map(({ type, text, score }) =>
    type === 'user-defined' ? Math.fround(0.1 * (utf8.encode(text).length - 1)) : score,
  )
  const unknownScore = Math.fround(min - UNKNOWN_PENALTY)
  // The last is that of an unknown character where no piece stands for it, only bytes.
  return { scores: Float64Array.from([...scores, unknownScore]), unknownScore }
}
