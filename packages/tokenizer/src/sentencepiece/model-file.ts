/**
 * The content of a SentencePiece `.model` file. Settings stay in the bytes they came in, so that a file is written as it
 * was read; `settingsOf` reads them.
 */
export interface SentencePieceFile {
  readonly pieces: readonly Piece[]
  /** `TrainerSpec`: the type of model, byte fallback, and how it was trained. */
  readonly trainerSpec: Uint8Array
  /** `NormalizerSpec`: what is done to text before it is cut. */
  readonly normalizerSpec: Uint8Array
  /** Fields of the file besides, as they stand in it. */
  readonly rest: readonly Uint8Array[]
}

export interface Piece {
  /** Spaces are U+2581. */
  readonly text: string
  /** Logarithm of its probability in a Unigram model, minus the rank of its merge in BPE. A 32-bit float. */
  readonly score: number
  readonly type: PieceType
}

export type PieceType = 'normal' | 'unknown' | 'control' | 'user-defined' | 'unused' | 'byte'

/** In the order of their numbers in the file, from 1. */
export const PIECE_TYPES: readonly PieceType[] = [
  'normal',
  'unknown',
  'control',
  'user-defined',
  'unused',
  'byte',
]

/** How a SentencePiece model cuts text. */
export type SentencePieceType = 'unigram' | 'bpe' | 'word' | 'char'

/** In the order of their numbers in the file, from 1. */
export const MODEL_TYPES: readonly SentencePieceType[] = ['unigram', 'bpe', 'word', 'char']

/** Stands for a space in pieces: U+2581. */
export const SPACE_MARK = '\u2581'
export const SPACE_MARK_UNIT = 0x2581

/** The 256 pieces of byte fallback. */
export function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
}

/** Whether text can produce pieces of this type. */
export function isFromText(type: PieceType): boolean {
  return type === 'normal' || type === 'user-defined' || type === 'unused'
}

/** Fills a place in the vocabulary: converters write it, and no text produces it. */
export const NO_PIECE = '\0'

/** The id of the unknown piece; where bytes stand for what is unknown there may be none, and it is one past the last. */
export function unknownIdOf({ pieces }: SentencePieceFile): number {
  const id = pieces.findIndex(({ type }) => type === 'unknown')
  return id < 0 ? pieces.length : id
}
