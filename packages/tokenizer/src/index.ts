export type { TrainBpeOptions } from './bpe/train-bpe.js'
export { trainBpe } from './bpe/train-bpe.js'
export type { ByteLevelOptions } from './bpe/train-byte-level.js'
export type { EndOfWordOptions } from './bpe/train-end-of-word.js'
export type { SentencePieceOptions } from './bpe/train-sentence-piece.js'
export { type BytesTokenizerOptions, bytesTokenizer } from './bytes/bytes-tokenizer.js'
export { bytesPerToken } from './bytes-per-token.js'
export type { TrainCharactersOptions } from './characters/train-characters.js'
export { trainCharacters } from './characters/train-characters.js'
export type {
  ComparedText,
  ComparedTokenizer,
  CompareTokenizersOptions,
} from './compare/compare-tokenizers.js'
export { compareTokenizers } from './compare/compare-tokenizers.js'
export type { TokenizerFigures } from './compare/figures.js'
export type { TradeOffPlotOptions } from './compare/trade-off-plot.js'
export { tradeOffPlot } from './compare/trade-off-plot.js'
export type { TradeOffOptions, TradeOffPoint } from './compare/vocabulary-trade-off.js'
export { vocabularyTradeOff } from './compare/vocabulary-trade-off.js'
export { encodeDocuments } from './encode-documents.js'
export { encodeInWorkers } from './encode-in-workers.js'
export type { TokenizerFormat } from './formats/format.js'
export type { TextKind } from './formats/plain-text.js'
export type { TokenizerJson } from './hugging-face/format.js'
export { usesWebAssembly } from './kernel/kernel-module.js'
export type { LoadTokenizerOptions } from './load-tokenizer.js'
export { loadTokenizer } from './load-tokenizer.js'
export { type PackSequencesOptions, packSequences } from './packing/pack-sequences.js'
export type { PackedSequence, PackingReport } from './packing/sequence.js'
export type { TokenSettings, TokenShard, TokensManifest } from './packing/tokens-manifest.js'
export { type WriteTokensOptions, writeTokens } from './packing/write-tokens.js'
export type { PatternName } from './patterns/patterns.js'
export type { RegexRule } from './patterns/rule.js'
export type { SaveTokenizerOptions } from './save-tokenizer.js'
export { saveTokenizer } from './save-tokenizer.js'
export type { MergeOptions, TieBreaking, TrainingOptions } from './training/options.js'
export type { TrainingText, TrainingTexts } from './training/texts.js'
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
export { type TrainUnigramOptions, trainUnigram } from './unigram/train-unigram.js'
export type { TrainWordPieceOptions } from './wordpiece/train-word-piece.js'
export { trainWordPiece } from './wordpiece/train-word-piece.js'
export type { TrainWordsOptions } from './words/train-words.js'
export { trainWords } from './words/train-words.js'
export type { WorkerOptions } from './workers/encode-items.js'
