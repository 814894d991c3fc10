import type { Document } from '../document.js'
import type { Progress } from '../progress.js'
import { type FoundFile, findFiles } from './find-files.js'
import { type ErrorReport, errorReport, type OnError, ReadError } from './read-error.js'

/** What every reader takes. */
export interface ReadOptions {
  /** What to do with a record or file that cannot be read; `'throw'` when absent. */
  readonly onError?: OnError
  /**
   * The most bytes one document may take, decompressed, as stored (for JSON Lines the whole line); a longer one is a
   * `ReadError`. Default 64 MiB. It also bounds the reader's memory.
   */
  readonly maxDocumentBytes?: number
  /** Where relative patterns start and what file names are relative to; the process's working directory when absent. */
  readonly cwd?: string
  /** Called with the bytes read from disk. */
  readonly progress?: Progress
}

/** The file being read, as one format's reader sees it. @internal */
export interface OpenFile extends FoundFile {
  readonly maxDocumentBytes: number
  /** The record being read; an error thrown by the format's reader is reported for this one. */
  record: number
  /** Reports an error of one record; comes back when reading should go on. */
  report(record: number, problem: string, cause?: unknown): void
  /** Takes note of bytes read from disk. */
  onRead(bytes: number): void
}

/** Reads one file; what it throws ends that file, not the run. @internal */
export type ReadFile = (file: OpenFile) => AsyncIterable<Document>

/**
 * What all readers share: finds the files, reads them one after another with `choose(file)`, applies `onError`, reports
 * progress. The stream can be iterated again, which reads again.
 *
 * @internal
 */
export function readFiles(
  reader: string,
  patterns: string | readonly string[],
  extensions: readonly string[],
  options: ReadOptions,
  choose: (file: OpenFile) => ReadFile,
): AsyncIterable<Document> {
  const { maxDocumentBytes = 2 ** 26 } = options
  if (!Number.isSafeInteger(maxDocumentBytes) || maxDocumentBytes < 1) {
    throw new RangeError(
      `${reader}: expected maxDocumentBytes to be a whole number of bytes above 0, got ${maxDocumentBytes}`,
    )
  }
  return {
    [Symbol.asyncIterator]: () =>
      run(reader, patterns, extensions, { ...options, maxDocumentBytes }, choose),
  }
}

async function* run(
  reader: string,
  patterns: string | readonly string[],
  extensions: readonly string[],
  options: ReadOptions & { readonly maxDocumentBytes: number },
  choose: (file: OpenFile) => ReadFile,
): AsyncGenerator<Document> {
  const { cwd, progress, onError, maxDocumentBytes } = options
  const files = await findFiles(
    reader,
    patterns,
    cwd === undefined ? { extensions } : { cwd, extensions },
  )
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const errors = errorReport(reader, onError)
  let done = 0
  try {
    for (const file of files) {
      const open: OpenFile = {
        ...file,
        maxDocumentBytes,
        record: 0,
        report: (record, problem, cause) =>
          errors.add(new ReadError(reader, file.name, record, problem, cause)),
        onRead(bytes) {
          done += bytes
          progress?.({ task: reader, done, total, unit: 'bytes' })
        },
      }
      yield* readOne(open, errors, choose)
    }
  } finally {
    errors.close()
  }
}

async function* readOne(
  file: OpenFile,
  errors: ErrorReport,
  choose: (file: OpenFile) => ReadFile,
): AsyncGenerator<Document> {
  try {
    if (file.bytes === 0) throw new Error('expected content, got an empty file')
    yield* choose(file)(file)
  } catch (error) {
    if (errors.isFatal(error)) throw error
    file.report(file.record, error instanceof Error ? error.message : String(error), error)
  }
}
