import type { TokenizerJson } from '../hugging-face/format.js'
import type { SentencePieceFile } from './model-file.js'
import type { Settings } from './read-model.js'

export function sentencePieceToJson(_file: SentencePieceFile, _settings: Settings): TokenizerJson {
  throw new Error('toJSON: not there yet')
}
