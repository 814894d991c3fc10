import { type PieceTrie, ROOT } from './piece-trie.js'
import type { TrainingWords } from './training-words.js'
import { widthAt } from './viterbi.js'

/** A character that is no piece. */
export const NO_PIECE_ID = -1

/** For every place in the words, the pieces that start there: arcs `first[place]` up to `first[place + 1]`. */
export interface Lattices {
  readonly words: TrainingWords
  readonly first: Uint32Array
  /** Piece of each arc, or `NO_PIECE_ID`, and its length. At each character one arc is as long as the character. */
  readonly pieces: Int32Array
  readonly lengths: Uint16Array
}

/** Finds all pieces in all words. */
export function lattices(words: TrainingWords, trie: PieceTrie): Lattices {
  const { units, starts } = words
  const first = new Uint32Array(units.length + 1)
  let pieces = new Int32Array(units.length * 4)
  let lengths = new Uint16Array(units.length * 4)
  let size = 0
  const put = (piece: number, length: number): void => {
    if (size === pieces.length) {
      const more = new Int32Array(size * 2)
      more.set(pieces)
      pieces = more
      const longer = new Uint16Array(size * 2)
      longer.set(lengths)
      lengths = longer
    }
    pieces[size] = piece
    lengths[size++] = length
  }
  for (let word = 0; word + 1 < starts.length; word++) {
    const end = (starts[word + 1] as number) - 1
    for (let at = starts[word] as number; at < end; ) {
      const width = widthAt(units, at, end)
      const begin = size
      first[at] = begin
      let node = ROOT
      let whole = false
      for (let i = at; i < end; i++) {
        const step = trie.step(node, units[i] as number)
        if (step < 0) break
        node = trie.node(step)
        const piece = trie.value(step)
        if (piece < 0) continue
        if (i + 1 - at === width) whole = true
        put(piece, i + 1 - at)
      }
      if (!whole) put(NO_PIECE_ID, width)
      first[at + 1] = size
      // Nothing starts in the middle of a character.
      if (width === 2) first[at + 2] = size
      at += width
    }
    first[end + 1] = size
  }
  return { words, first, pieces: pieces.subarray(0, size), lengths: lengths.subarray(0, size) }
}

/** The same with other pieces: `renamed[piece]` is the new number of a piece, negative for one that is gone. */
export function renamePieces(before: Lattices, renamed: Int32Array): Lattices {
  const { words, pieces, lengths } = before
  const { units } = words
  const first = new Uint32Array(before.first.length)
  let size = 0
  for (let place = 0; place + 1 < first.length; place++) {
    const from = before.first[place] as number
    const to = before.first[place + 1] as number
    first[place] = size
    const width = widthAt(units, place, units.length)
    for (let arc = from; arc < to; arc++) {
      const old = pieces[arc] as number
      const length = lengths[arc] as number
      const piece = old < 0 ? old : (renamed[old] as number)
      if (piece < 0 && length !== width) continue
      pieces[size] = piece < 0 ? NO_PIECE_ID : piece
      lengths[size++] = length
    }
  }
  first[first.length - 1] = size
  return { words, first, pieces: pieces.subarray(0, size), lengths: lengths.subarray(0, size) }
}
