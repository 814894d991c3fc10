export type { Document, OnDrop, Verdict } from './document.js'
export { hashText } from './document.js'
export {
  type TerminalProgress,
  type TerminalProgressOptions,
  terminalProgress,
} from './progress/terminal-progress.js'
export { type WithProgressOptions, withProgress } from './progress/with-progress.js'
export type { Progress, ProgressUpdate } from './progress.js'
export type { MutableList, Random } from './random.js'
export { random } from './random.js'
export type { FieldNames } from './read/from-fields.js'
export { readDocuments } from './read/read-documents.js'
export type { OnError } from './read/read-error.js'
export { ReadError } from './read/read-error.js'
export type { ReadOptions } from './read/read-files.js'
export { readHtml } from './read/read-html.js'
export type { JsonlOptions } from './read/read-jsonl.js'
export { readJsonl } from './read/read-jsonl.js'
export type { ParquetOptions } from './read/read-parquet.js'
export { readParquet } from './read/read-parquet.js'
export { readMarkdown, readText } from './read/read-text.js'
export { readWarc } from './read/read-warc.js'
export type { Stage } from './stage.js'
export { collect, pipe } from './stage.js'
export {
  type ExportTokensOptions,
  exportLlmC,
  exportNanoGpt,
  type ImportTokensOptions,
  importLlmC,
  importNanoGpt,
  openTokenFile,
  type TokenFile,
  type TokenFileHeader,
  type TokenSource,
  tokensOf,
  type WriteTokenFileOptions,
  writeTokenFile,
} from './tokens.js'
export {
  type MapInWorkersOptions,
  mapInWorkers,
  type StageContext,
  type StageModule,
  WorkerError,
} from './workers.js'
export type { Manifest, Shard } from './write/manifest.js'
export { readManifest } from './write/manifest.js'
export type { WriteJsonlOptions } from './write/write-jsonl.js'
export { writeJsonl } from './write/write-jsonl.js'
export type { WriteParquetOptions } from './write/write-parquet.js'
export { writeParquet } from './write/write-parquet.js'
export type { WriteOptions } from './write/write-shards.js'
