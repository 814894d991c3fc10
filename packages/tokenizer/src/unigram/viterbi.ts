import { type PieceTrie, ROOT } from './piece-trie.js'

/** Pieces and what the search for the best path has to know of them. */
export interface UnigramPieces {
  /** Pieces by their text; a piece is its id. */
  readonly trie: PieceTrie
  /** Score of each id. */
  readonly scores: Float64Array
  /** The id of a character that is no piece, -1 where there is none, and its score. */
  readonly unknownId: number
  readonly unknownScore: number
  /** Pieces that are not to be used. Default: none. */
  readonly unused?: ReadonlySet<number>
}

export interface ViterbiOptions {
  /**
   * Keep sums as 32-bit floats and start again from 0 where they get beyond 100,000, as SentencePiece does since 0.2.3.
   * Default: false, 64-bit floats.
   */
  readonly single?: boolean
}

/** Where sums of 32-bit floats start again. */
export const SUM_LIMIT = 100_000

/**
 * Finds the most probable way to cut a text into pieces, in time linear in the text times the longest piece.
 *
 * Among equals the one whose last piece starts first wins, as in SentencePiece and Hugging Face's tokenizers. From
 * "Subword Regularization" (Kudo, 2018). Its slow twin is `bestPathReference`.
 */
export class Viterbi {
  /** Ids of the best path, `count` of them, from the first. */
  ids: Uint32Array = new Uint32Array(64)
  count = 0
  /** Least distance, at the ends of the path's pieces, between the best way to get there and the second best. */
  margin = 0

  readonly #pieces: UnigramPieces
  /** By position: sum of the best path that ends there, of the second best, its last piece, and where that starts. */
  #best: Float64Array = new Float64Array(65)
  #second: Float64Array = new Float64Array(65)
  #last: Int32Array = new Int32Array(65)
  #start: Int32Array = new Int32Array(65)

  /** The last position reached. */
  #reached = 0
  readonly #unused: ReadonlySet<number> | undefined
  readonly #single: boolean

  constructor(pieces: UnigramPieces, { single = false }: ViterbiOptions = {}) {
    this.#pieces = pieces
    this.#single = single
    this.#unused = pieces.unused?.size === 0 ? undefined : pieces.unused
  }

  /**
   * Cuts `units[from]` up to `units[to]`, where the sum before is `before`; returns the sum of it all.
   *
   * @throws RangeError when a character is no piece and nothing stands for it.
   */
  run(units: Uint16Array, from: number, to: number, before: number): number {
    const { trie, scores, unknownId, unknownScore } = this.#pieces
    const unused = this.#unused
    const length = to - from
    this.#reserve(length)
    const best = this.#best
    const start = this.#start
    start.fill(-1, 0, length + 1)
    best[0] = before
    this.#reached = 0
    for (let i = 0; i < length; ) {
      if (this.#single && Math.abs(best[i] as number) > SUM_LIMIT) this.#startAgain(i)
      const sum = best[i] as number
      const width = widthAt(units, from + i, to)
      let whole = false
      let node = ROOT
      for (let end = i + 1; end <= length; end++) {
        const step = trie.step(node, units[from + end - 1] as number)
        if (step < 0) break
        node = trie.node(step)
        const id = trie.value(step)
        if (id < 0 || unused?.has(id)) continue
        this.#offer(end, sum + (scores[id] as number), id, i)
        if (end - i === width) whole = true
      }
      if (!whole) {
        if (unknownId < 0) noPiece(units, from + i, width)
        this.#offer(i + width, sum + unknownScore, unknownId, i)
      }
      i += width
    }
    this.#collect(length)
    return best[length] as number
  }

  /** Takes the sum at a position off all that have been reached from it on. */
  #startAgain(from: number): void {
    const best = this.#best
    const sum = best[from] as number
    for (let i = from; i <= this.#reached; i++) {
      if (i === from || this.#start[i] !== -1) best[i] = Math.fround((best[i] as number) - sum)
    }
  }

  #offer(end: number, exact: number, id: number, from: number): void {
    const best = this.#best
    const candidate = this.#single ? Math.fround(exact) : exact
    if (this.#start[end] === -1) this.#second[end] = Number.NEGATIVE_INFINITY
    else if (candidate > (best[end] as number)) this.#second[end] = best[end] as number
    else {
      if (candidate > (this.#second[end] as number)) this.#second[end] = candidate
      return
    }
    best[end] = candidate
    if (end > this.#reached) this.#reached = end
    this.#last[end] = id
    this.#start[end] = from
  }

  #collect(length: number): void {
    let count = 0
    let margin = Number.POSITIVE_INFINITY
    for (let end = length; end > 0; end = this.#start[end] as number) {
      this.ids[count++] = this.#last[end] as number
      margin = Math.min(margin, (this.#best[end] as number) - (this.#second[end] as number))
    }
    this.ids.subarray(0, count).reverse()
    this.count = count
    this.margin = margin
  }

  #reserve(length: number): void {
    const size = Math.max(64, 2 * length) + 1
    const held = this.#best.length
    // What one long text made large is let go of.
    if (length < held && (held <= 1 << 16 || held <= 4 * size)) return
    this.ids = new Uint32Array(size)
    this.#best = new Float64Array(size)
    this.#second = new Float64Array(size)
    this.#last = new Int32Array(size)
    this.#start = new Int32Array(size)
  }
}

/** UTF-16 units of the character at `at`. */
export function widthAt(units: Uint16Array, at: number, to: number): number {
  const unit = units[at] as number
  return unit >= 0xd800 && unit < 0xdc00 && at + 1 < to ? 2 : 1
}

function noPiece(units: Uint16Array, at: number, width: number): never {
  const character = String.fromCharCode(...units.subarray(at, at + width))
  throw new RangeError(
    `encode: expected characters that are pieces, as the model has no unknown token, got ${JSON.stringify(character)}`,
  )
}
