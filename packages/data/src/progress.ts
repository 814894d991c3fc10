/**
 * How far a task is: `done` of `total` (absent when unknown), both counted in `unit` ('documents', 'bytes', 'tokens').
 * A task ends with an update whose `total` equals `done`.
 */
export interface ProgressUpdate {
  readonly task: string
  readonly done: number
  readonly total?: number
  readonly unit: string
}

/**
 * A callback that long work calls as it goes on. Libraries only report; programs draw, for example with
 * `terminalProgress`. It may be called very often, so it must be cheap, and it must not throw.
 */
export type Progress = (update: ProgressUpdate) => void
