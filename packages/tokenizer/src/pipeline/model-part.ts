import type { ModelJson } from '../hugging-face/format.js'
import type { TokenizerKind } from '../types.js'
import type { PieceModel } from './piece-model.js'

/** The part of a pipeline that has the vocabulary. */
export interface ModelPart {
  readonly kind: TokenizerKind
  readonly pieces: PieceModel
  /** Whether `pieces` honours `dropout`. Default: false. */
  readonly hasDropout?: boolean
  /** The `model` of a tokenizer.json. */
  json(): ModelJson
}
