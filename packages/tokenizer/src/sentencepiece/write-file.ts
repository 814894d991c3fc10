import { PIECE_TYPES, type SentencePieceFile } from './model-file.js'
import { MessageWriter } from './protobuf.js'

/** The bytes of a `.model` file; for a file that SentencePiece wrote, the same ones. */
export function writeModelFile(file: SentencePieceFile): Uint8Array {
  const model = new MessageWriter()
  for (const { text, score, type } of file.pieces) {
    const piece = new MessageWriter()
    piece.bytes(1, text)
    piece.float(2, score)
    if (type !== 'normal') piece.integer(3, PIECE_TYPES.indexOf(type) + 1)
    model.bytes(1, piece.take())
  }
  model.bytes(2, file.trainerSpec)
  model.bytes(3, file.normalizerSpec)
  for (const raw of file.rest) model.append(raw)
  return model.take()
}
