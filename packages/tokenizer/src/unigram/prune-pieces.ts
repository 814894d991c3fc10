import { type Lattices, NO_PIECE_ID } from './lattices.js'

/** Pieces by where their texts stand in the words, and their scores. */
export interface PieceList {
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
  readonly scores: Float64Array
}

/**
 * The pieces that are worth most, at most `size` of them in the order of worth: those whose text would lose most
 * probability if they were cut in the next best way instead.
 */
export function worthiestPieces(
  lattices: Lattices,
  list: PieceList,
  unknownScore: number,
  size: number,
): Int32Array {
  const path = new BestPath(lattices, list.scores, unknownScore)
  const counts = bestCounts(lattices, path, list.scores.length)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const kept: number[] = []
  const candidates: { readonly piece: number; readonly loss: number }[] = []
  for (let piece = 0; piece < list.scores.length; piece++) {
    const count = counts[piece] as number
    if (count === 0) continue
    const start = list.starts[piece] as number
    const other = path.find(start, start + (list.lengths[piece] as number), piece)
    if (path.count === 0) {
      kept.push(piece)
      continue
    }
    // The piece is not the best way to cut its own text.
    if (other > (list.scores[piece] as number)) continue
    const logTotal = Math.log(total + count * (path.count - 1))
    let without = 0
    for (let i = 0; i < path.count; i++) {
      const part = path.ids[i] as number
      without += Math.log((part < 0 ? 0 : (counts[part] as number)) + count) - logTotal
    }
    const loss = (count / total) * (Math.log(count) - Math.log(total) - without)
    candidates.push({ piece, loss })
  }
  candidates.sort((a, b) => b.loss - a.loss || a.piece - b.piece)
  for (const { piece } of candidates) {
    if (kept.length >= size) break
    kept.push(piece)
  }
  return Int32Array.from(kept)
}

/** Whether each piece is at least as good as any other way to cut its text: one that is not is never used. */
export function reachablePieces(
  lattices: Lattices,
  list: PieceList,
  unknownScore: number,
): boolean[] {
  const path = new BestPath(lattices, list.scores, unknownScore)
  return Array.from(list.scores, (score, piece) => {
    const start = list.starts[piece] as number
    const other = path.find(start, start + (list.lengths[piece] as number), piece)
    return path.count === 0 || other <= score
  })
}

/** How often each piece stands in the best ways to cut the words. */
function bestCounts({ words }: Lattices, path: BestPath, size: number): Float64Array {
  const counts = new Float64Array(size)
  words.counts.forEach((count, word) => {
    path.find(words.starts[word] as number, (words.starts[word + 1] as number) - 1, size)
    for (let i = 0; i < path.count; i++) {
      const piece = path.ids[i] as number
      if (piece !== NO_PIECE_ID) counts[piece] = (counts[piece] as number) + count
    }
  })
  return counts
}

/** The most probable way through a part of the lattices. */
class BestPath {
  /** Its pieces, from the last. */
  ids: Int32Array = new Int32Array(64)
  count = 0
  #best: Float64Array = new Float64Array(64)
  #last: Int32Array = new Int32Array(64)
  #from: Int32Array = new Int32Array(64)

  constructor(
    readonly lattices: Lattices,
    readonly scores: Float64Array,
    readonly unknownScore: number,
  ) {}

  /** From a place to another without the piece `without` as the whole of it; 0 ids where there is no such way. */
  find(start: number, end: number, without: number): number {
    const { first, pieces, lengths } = this.lattices
    const length = end - start
    this.#reserve(length)
    const best = this.#best
    best.fill(Number.NEGATIVE_INFINITY, 0, length + 1)
    best[0] = 0
    for (let i = 0; i < length; i++) {
      const sum = best[i] as number
      if (sum === Number.NEGATIVE_INFINITY) continue
      for (let arc = first[start + i] as number; arc < (first[start + i + 1] as number); arc++) {
        const to = i + (lengths[arc] as number)
        const piece = pieces[arc] as number
        if (to > length || (piece === without && i === 0 && to === length)) continue
        const score = piece === NO_PIECE_ID ? this.unknownScore : (this.scores[piece] as number)
        if (sum + score > (best[to] as number)) {
          best[to] = sum + score
          this.#last[to] = piece
          this.#from[to] = i
        }
      }
    }
    this.count = 0
    if (best[length] === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY
    for (let at = length; at > 0; at = this.#from[at] as number) {
      this.ids[this.count++] = this.#last[at] as number
    }
    return best[length] as number
  }

  #reserve(length: number): void {
    if (length < this.#best.length) return
    this.ids = new Int32Array(2 * length)
    this.#best = new Float64Array(2 * length)
    this.#last = new Int32Array(2 * length)
    this.#from = new Int32Array(2 * length)
  }
}
