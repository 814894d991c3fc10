import type { PartJson } from '../hugging-face/format.js'
import type { AlignedText } from '../model.js'

/** The part of a pipeline that cuts text into the pieces that the model sees one by one. */
export interface PreTokenizer {
  /** This part in a tokenizer.json. */
  readonly json: PartJson
  /** Each step works on every piece that the one before it left. */
  readonly steps: readonly PreTokenizerStep[]
}

/** Rewrites a piece, then cuts it; without `cut` it stays one piece. */
export interface PreTokenizerStep {
  readonly change?: PieceChange
  readonly cut?: Cut
}

/** Like a `TextNormalizer`, told whether the piece starts where the whole text does. */
export interface PieceChange {
  apply(piece: string, first: boolean): string
  align(piece: string, first: boolean): AlignedText
}

/** Calls `emit` for the pieces of a text in order; what lies between them is left out. */
export type Cut = (text: string, emit: (start: number, end: number) => void) => void
