import type { PartJson } from '../hugging-face/format.js'
import type { TextNormalizer } from '../model.js'

/** The part of a pipeline that rewrites text before it is cut. What it adds has the place of a character beside it. */
export interface Normalizer extends TextNormalizer {
  /** This part in a tokenizer.json. */
  readonly json: PartJson
}
