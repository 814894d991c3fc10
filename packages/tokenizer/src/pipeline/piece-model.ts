import type { IdBuffer } from '../id-buffer.js'
import type { Dropout } from '../model.js'

/** The part of a pipeline that turns one piece of normalized text into ids. */
export interface PieceModel {
  /**
   * Appends the ids of a piece, and to `spans`, where it is given, the start and end of each id's text in UTF-16 units
   * of the piece. Ids of the bytes of one character all have the span of the character.
   */
  encode(piece: string, out: IdBuffer, spans?: IdBuffer, dropout?: Dropout): void
}
