export {
  createDescriber,
  type DescribeOptions,
  type Describer,
  type Description,
  describe,
  type Spread,
} from './describe.js'
export { type ExtractOptions, extract } from './extract.js'
export {
  createFunnel,
  type Funnel,
  type FunnelOptions,
  type FunnelReason,
  type FunnelReport,
  type FunnelSample,
  type FunnelStage,
} from './funnel.js'
export { type ExtractTextOptions, extractText } from './html/extract-text.js'
export { type Detection, type LanguageDetector, loadLanguageDetector } from './language.js'
export { type MarkdownOptions, markdownToText } from './markdown/markdown-to-text.js'
export { repairMojibake } from './repair/mojibake.js'
export { type RepairOptions, repair } from './repair/repair.js'
export { repairText } from './repair/repair-text.js'
export { isCopyleft } from './rules/copyleft.js'
export {
  type GopherQualityOptions,
  type GopherQualityScores,
  gopherQuality,
  gopherQualityConditions,
  gopherQualityScores,
} from './rules/gopher-quality.js'
export { type GopherRepetitionOptions, gopherRepetition } from './rules/gopher-repetition.js'
export { type KeepOptions, keep, type Rules } from './rules/keep.js'
export { type LanguageIsOptions, languageIs } from './rules/language-is.js'
export { type LicenceOptions, licenceIn, licenceNot } from './rules/licence.js'
export { minimumWords } from './rules/minimum-words.js'
export { type PlaceholderPageOptions, placeholderPage } from './rules/placeholder-page.js'
export { atLeast, atMost, type Rule } from './rules/rule.js'
export { splitWords, type WordSplitter } from './rules/words.js'
