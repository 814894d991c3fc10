import type { PartJson } from '../../hugging-face/format.js'
import type { DecoderStep } from '../decoder.js'

/** One of the decoders that a file lists. */
export interface DecoderPart {
  readonly json: PartJson
  readonly step: DecoderStep
  /** Its result is one text, so that what follows no longer sees tokens. */
  readonly joins?: boolean
  /** What it does where tokens have been joined, as far as that can be said of each token alone. */
  readonly joined?: DecoderStep
  readonly dropLastSpace?: boolean
}
