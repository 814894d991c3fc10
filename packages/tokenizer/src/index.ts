export type { TrainBpeOptions } from './bpe/train-bpe.js'
export { trainBpe } from './bpe/train-bpe.js'
export { bytesPerToken } from './bytes-per-token.js'
export type { TrainCharactersOptions } from './characters/train-characters.js'
export { trainCharacters } from './characters/train-characters.js'
export { encodeDocuments } from './encode-documents.js'
export type { TokenizerJson } from './hugging-face/format.js'
export { loadTokenizer } from './load-tokenizer.js'
export { saveTokenizer } from './save-tokenizer.js'
export type {
  DecodeOptions,
  EncodeInput,
  EncodeOptions,
  OffsetEncoding,
  OffsetOptions,
  SpecialTokenPolicy,
  StreamDecoder,
  TextPart,
  Tokenizer,
  TokenizerKind,
} from './types.js'
export { unicodeVersion } from './unicode/ranges.js'
