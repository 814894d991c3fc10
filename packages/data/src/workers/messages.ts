import type { BatchResult } from './run-batch.js'

/** What a thread is started with. */
export interface WorkerInput {
  readonly module: string
  readonly options: unknown
}

export interface Thrown {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
}

/** What a thread says. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'broken' } & Thrown)
  | { readonly kind: 'result'; readonly result: BatchResult }
  | ({ readonly kind: 'threw' } & Thrown)

/** An error in a form that every thread can send. */
export function failed(thrown: unknown): Thrown {
  const { name, message, stack } = asError(thrown)
  return { name, message, stack }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The error that the thread sent. */
export function revive({ name, message, stack }: Thrown): Error {
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}
