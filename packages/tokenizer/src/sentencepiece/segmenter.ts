import type { Dropout } from '../model.js'
import { PieceTrie } from '../unigram/piece-trie.js'
import { BpeSegmenter } from './bpe-segmenter.js'
import { CharacterSegmenter } from './character-segmenter.js'
import {
  NO_PIECE,
  type SentencePieceFile,
  type SentencePieceType,
  unknownIdOf,
} from './model-file.js'
import { UnigramSegmenter } from './unigram-segmenter.js'
import { WordSegmenter } from './word-segmenter.js'

/** Turns words of a normalized text into ids of pieces, one after the other. */
export interface Segmenter {
  /** The ids of the last word: `count` of them, from `ids[first]`. */
  readonly ids: Uint32Array
  readonly first: number
  readonly count: number
  /** A text starts. */
  open(): void
  /** Finds the ids of `units[from]` up to `units[to]`. */
  run(units: Uint16Array, from: number, to: number, dropout?: Dropout): void
}

/** Pieces by what text can produce them. */
export interface Pieces {
  /** All of them by their text; a piece is its id. */
  readonly trie: PieceTrie
  /** Those that the user has defined, which are never taken apart. */
  readonly symbols: PieceTrie
  readonly unused: ReadonlySet<number>
  /** See `unknownIdOf`. */
  readonly unknownId: number
}

export function segmenter(file: SentencePieceFile, type: SentencePieceType): Segmenter {
  const pieces = piecesOf(file)
  switch (type) {
    case 'unigram':
      return new UnigramSegmenter(file, pieces)
    case 'bpe':
      return new BpeSegmenter(file, pieces)
    case 'word':
      return new WordSegmenter(pieces)
    case 'char':
      return new CharacterSegmenter(pieces)
  }
}

function piecesOf(file: SentencePieceFile): Pieces {
  const trie = new PieceTrie()
  const symbols = new PieceTrie()
  const unused = new Set<number>()
  file.pieces.forEach(({ text, type }, id) => {
    if (type === 'unused') unused.add(id)
    else if (type === 'user-defined') symbols.add(text, id)
    else if (type !== 'normal') return
    if (text !== NO_PIECE) trie.add(text, id)
  })
  return { trie, symbols, unused, unknownId: unknownIdOf(file) }
}
