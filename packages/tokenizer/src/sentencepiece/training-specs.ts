import {
  bytePiece,
  MODEL_TYPES,
  type Piece,
  type SentencePieceFile,
  type SentencePieceType,
} from './model-file.js'
import { MessageWriter } from './protobuf.js'

/** What a `.model` file says about how it was trained, and what encoding needs of that. */
export interface TrainingSpecs {
  readonly type: SentencePieceType
  readonly vocabularySize: number
  readonly characterCoverage: number
  readonly maxPieceLength: number
  readonly splitByScript: boolean
  readonly splitByNumber: boolean
  readonly splitDigits: boolean
  readonly spaceOnlyPieces: boolean
  readonly byteFallback: boolean
  readonly addPrefixSpace: boolean
  readonly removeExtraSpaces: boolean
  readonly charsmap?: Uint8Array | undefined
  /** Where Unigram starts from and how it goes on; absent for other models. */
  readonly unigram?: {
    readonly seedSize: number
    readonly shrinkingFactor: number
    readonly subIterations: number
  }
}

/** A `.model` file of these pieces, settings and all. */
export function trainedFile(pieces: readonly Piece[], specs: TrainingSpecs): SentencePieceFile {
  return {
    pieces,
    rest: [],
    trainerSpec: trainerSpec(pieces, specs),
    normalizerSpec: normalizerSpec(specs),
  }
}

/** The pieces of the 256 bytes. */
export function bytePieces(): Piece[] {
  return Array.from({ length: 256 }, (_, byte) => ({
    text: bytePiece(byte),
    score: 0,
    type: 'byte' as const,
  }))
}

/** Field numbers of SentencePiece's `TrainerSpec`. */
function trainerSpec(pieces: readonly Piece[], specs: TrainingSpecs): Uint8Array {
  const spec = new MessageWriter()
  const marks = ['<s>', '</s>', '<pad>']
  const unknown = pieces.findIndex(({ type }) => type === 'unknown')
  const textsOf = (wanted: Piece['type']): string[] =>
    pieces.filter(({ type }) => type === wanted).map(({ text }) => text)
  spec.integer(3, MODEL_TYPES.indexOf(specs.type) + 1)
  spec.integer(4, specs.vocabularySize)
  spec.float(10, specs.characterCoverage)
  if (specs.unigram !== undefined) {
    spec.integer(14, specs.unigram.seedSize)
    spec.float(15, specs.unigram.shrinkingFactor)
    spec.integer(17, specs.unigram.subIterations)
  }
  spec.integer(20, specs.maxPieceLength)
  spec.integer(21, specs.splitByScript)
  spec.integer(23, specs.splitByNumber)
  spec.integer(25, specs.splitDigits)
  spec.integer(26, specs.spaceOnlyPieces)
  for (const token of textsOf('control')) if (!marks.includes(token)) spec.bytes(30, token)
  for (const symbol of textsOf('user-defined')) spec.bytes(31, symbol)
  spec.integer(35, specs.byteFallback)
  spec.integer(40, unknown)
  marks.forEach((mark, i) => {
    spec.integer(
      41 + i,
      pieces.findIndex(({ text, type }) => type === 'control' && text === mark),
    )
  })
  const unknownText = pieces[unknown]?.text ?? '<unk>'
  if (unknownText !== '<unk>') spec.bytes(45, unknownText)
  return spec.take()
}

/** Field numbers of SentencePiece's `NormalizerSpec`. */
function normalizerSpec(specs: TrainingSpecs): Uint8Array {
  const { charsmap } = specs
  const spec = new MessageWriter()
  spec.bytes(1, charsmap === undefined ? 'identity' : 'user_defined')
  if (charsmap !== undefined) spec.bytes(2, charsmap)
  spec.integer(3, specs.addPrefixSpace)
  spec.integer(4, specs.removeExtraSpaces)
  spec.integer(5, true)
  return spec.take()
}
