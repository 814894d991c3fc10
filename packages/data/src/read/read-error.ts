/**
 * A record or file that could not be read.
 *
 * `record` counts from 1: the line in JSON Lines, the record in WARC, the row in parquet, 1 in a file that is one
 * document; 0 when the file as a whole is at fault.
 */
export class ReadError extends Error {
  override readonly name: string = 'ReadError'
  /** The file, relative to the reader's `cwd`. */
  readonly file: string
  readonly record: number

  constructor(reader: string, file: string, record: number, problem: string, cause?: unknown) {
    const place = record === 0 ? file : `${file}:${record}`
    super(`${reader}: ${place}: ${problem}`, cause === undefined ? undefined : { cause })
    this.file = file
    this.record = record
  }
}

/**
 * What a reader does with a `ReadError`: stop (`'throw'`, the default), go on with the next record that can be
 * reached (`'skip'`; the number skipped is printed once as a process warning), or call a function and go on.
 */
export type OnError = 'throw' | 'skip' | ((error: ReadError) => void)

/** One reader's errors on one run. @internal */
export interface ErrorReport {
  /** Throws or counts, as the caller chose. */
  add(error: ReadError): void
  /** True for an error that `add` threw, which must not be wrapped again. */
  isFatal(error: unknown): boolean
  /** Says how many were skipped. */
  close(): void
}

/** @internal */
export function errorReport(reader: string, onError: OnError = 'throw'): ErrorReport {
  let skipped = 0
  let first: ReadError | undefined
  let fatal: unknown
  return {
    add(error) {
      try {
        if (onError === 'throw') throw error
        if (typeof onError === 'function') onError(error)
      } catch (thrown) {
        fatal = thrown
        throw thrown
      }
      skipped++
      first ??= error
    },
    isFatal: (error) => fatal !== undefined && error === fatal,
    close() {
      if (onError !== 'skip' || first === undefined) return
      const what = skipped === 1 ? '1 error' : `${skipped} errors`
      process.emitWarning(`${reader}: skipped ${what}, the first: ${first.message}`, 'ReadWarning')
    },
  }
}
