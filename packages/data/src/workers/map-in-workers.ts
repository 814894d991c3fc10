import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import type { Document, OnDrop } from '../document.js'
import type { Stage } from '../stage.js'
import { asError } from './messages.js'
import { type BatchResult, loadStage } from './run-batch.js'
import { type Failure, type Reply, WorkerPool } from './worker-pool.js'

/** Options of {@link mapInWorkers}. */
export interface MapInWorkersOptions {
  /** Threads. Default: the number of processors. 0 runs the stage in this thread, for debugging and comparison. */
  readonly workers?: number
  /** Items sent to a thread at once. Default 32. */
  readonly batchSize?: number
  /** Batches that are read from the input and not yet handed on, at most. Default twice the workers. */
  readonly maxInFlight?: number
  /** Given to the module's default export. It must survive structured cloning, so no functions. */
  readonly options?: unknown
  /** Gets what the stage drops through its context, in input order: batch by batch, before the batch's outputs. */
  readonly onDrop?: OnDrop
  /**
   * What to do about an item that makes the stage throw, stops its thread (`process.exit`, memory full) or takes too long.
   * Default `'throw'`. `'skip'` leaves it out, a function is told and it is left out.
   */
  readonly onError?: 'throw' | 'skip' | ((error: WorkerError) => void)
  /** Milliseconds a batch may take before its thread is stopped. Default: no limit. Without effect when `workers` is 0. */
  readonly timeout?: number
  /** Memory limits of a thread, see `node:worker_threads`. */
  readonly resourceLimits?: ResourceLimits
}

/** One item that could not be processed. `cause` is what was thrown, or why the thread stopped. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError'
  /** The item's `id`, if it has one. */
  readonly id: string | undefined
  /** Which item of the input it was, from 0. */
  readonly index: number
  readonly item: unknown
  /** True when the whole thread stopped, false when the stage threw. */
  readonly crashed: boolean

  constructor(item: unknown, index: number, failure: Failure) {
    const id = idOf(item)
    const what =
      id === undefined ? `item ${index}` : `document ${JSON.stringify(id)} (item ${index})`
    const verb = failure.crashed ? 'stopped its worker' : 'made the stage throw'
    super(`mapInWorkers: ${what} ${verb}: ${failure.cause.message}`, { cause: failure.cause })
    this.id = id
    this.index = index
    this.item = item
    this.crashed = failure.crashed
  }
}

/**
 * A stage that runs another module's stage in threads. The module's default export, a {@link StageModule}, makes
 * the stage; the input is cut into batches, each batch goes through that stage on its own, and the outputs come back in the
 * order of the input, the same for any number of workers. So the module's stage must treat every item by itself, or at least
 * remember nothing from one batch to the next.
 *
 * A batch that fails is run again item by item; an item that fails alone is reported, a failure that does not come
 * back is none. A thread that crashed is replaced. When the consumer stops early, the threads are stopped at once.
 *
 * @param module URL of a JavaScript module, such as `new URL('./clean-stage.js', import.meta.url)`
 * @throws WorkerError when an item fails and `onError` is `'throw'`, after everything before it was handed on
 * @throws Error when the module cannot be loaded or its default export is not such a function
 * @throws RangeError when an option is out of range
 * @example
 * ```ts @import.meta.vitest
 * const { mapInWorkers, pipe, collect } = await import('../index.js')
 * const source = 'export default ({ by }) => async function* (numbers) { for await (const n of numbers) yield n * by }'
 * const double = mapInWorkers<number>(new URL(`data:text/javascript,${source}`), { workers: 0, options: { by: 2 } })
 * expect(await collect(pipe([1, 2, 3], double))).toEqual([2, 4, 6])
 * ```
 */
export function mapInWorkers<In = Document, Out = In>(
  module: URL,
  options: MapInWorkersOptions = {},
): Stage<In, Out> {
  const { workers = availableParallelism(), batchSize = 32 } = options
  const { maxInFlight = Math.max(1, 2 * workers) } = options
  checkAtLeast('workers', workers, 0)
  checkAtLeast('batchSize', batchSize, 1)
  checkAtLeast('maxInFlight', maxInFlight, 1)
  if (options.timeout !== undefined) checkAtLeast('timeout', options.timeout, 1)
  return (input) => run<In, Out>(input, module, { ...options, workers, batchSize, maxInFlight })
}

interface Settings extends MapInWorkersOptions {
  readonly workers: number
  readonly batchSize: number
  readonly maxInFlight: number
}

/** Runs a batch somewhere; close stops what runs. */
interface Runner {
  run(items: readonly unknown[]): Promise<Reply>
  close(): Promise<void>
}

/** A whole batch that worked, or a single item, worked or failed. */
type Outcome =
  | { readonly result: BatchResult }
  | { readonly failure: Failure; readonly item: unknown; readonly index: number }

async function* run<In, Out>(
  input: AsyncIterable<In>,
  module: URL,
  settings: Settings,
): AsyncGenerator<Out> {
  const inline = settings.workers === 0
  const runner = inline ? await inlineRunner(module, settings) : threadRunner(module, settings)
  const maxInFlight = inline ? 1 : settings.maxInFlight
  const items = input[Symbol.asyncIterator]()
  const pending: Promise<Outcome[]>[] = []
  let index = 0
  let inputEnd: { error?: unknown } | undefined
  try {
    for (;;) {
      while (!inputEnd && pending.length < maxInFlight) {
        const batch: In[] = []
        inputEnd = await fill(batch, items, settings.batchSize)
        if (batch.length === 0) break
        const outcomes = runBatch(runner, batch, index, settings.onError)
        // A batch may fail while an earlier one is being handed on; the failure is seen when its turn comes.
        outcomes.catch(() => {})
        pending.push(outcomes)
        index += batch.length
      }
      const next = await pending.shift()
      if (!next) break
      for (const outcome of next) yield* handOn<Out>(outcome, settings)
    }
    if (inputEnd && 'error' in inputEnd) throw inputEnd.error
  } finally {
    await runner.close()
    await items.return?.()
  }
}

/** Adds up to `size` items to `batch`. Returns an object when the input has ended, with the error that ended it, if any. */
async function fill<In>(
  batch: In[],
  items: AsyncIterator<In>,
  size: number,
): Promise<{ error?: unknown } | undefined> {
  try {
    while (batch.length < size) {
      const next = await items.next()
      if (next.done) return {}
      batch.push(next.value)
    }
    return undefined
  } catch (error) {
    return { error }
  }
}

async function runBatch(
  runner: Runner,
  batch: readonly unknown[],
  first: number,
  onError: Settings['onError'] = 'throw',
): Promise<Outcome[]> {
  const reply = await runner.run(batch)
  if ('result' in reply) return [reply]
  if (batch.length === 1) return [{ failure: reply.failure, item: batch[0], index: first }]
  const outcomes: Outcome[] = []
  for (const [i, item] of batch.entries()) {
    const alone = await runner.run([item])
    outcomes.push('result' in alone ? alone : { failure: alone.failure, item, index: first + i })
    if ('failure' in alone && onError === 'throw') break
  }
  return outcomes
}

function* handOn<Out>(outcome: Outcome, { onDrop, onError = 'throw' }: Settings): Generator<Out> {
  if ('failure' in outcome) {
    const error = new WorkerError(outcome.item, outcome.index, outcome.failure)
    if (onError === 'throw') throw error
    if (onError !== 'skip') onError(error)
    return
  }
  const { drops, outputs } = outcome.result
  if (onDrop) for (const { document, verdict } of drops) onDrop(document, verdict)
  yield* outputs as readonly Out[]
}

function threadRunner(module: URL, settings: Settings): Runner {
  const { workers, options, timeout, resourceLimits } = settings
  return new WorkerPool({ module: module.href, options, workers, timeout, resourceLimits })
}

/** The slow twin of the pool: the same batches in this thread, cloned as if they were sent to another. */
async function inlineRunner(module: URL, { options }: Settings): Promise<Runner> {
  const runStage = await loadStage(module.href, structuredClone(options))
  return {
    async run(items) {
      try {
        return { result: structuredClone(await runStage(structuredClone(items))) }
      } catch (error) {
        return { failure: { crashed: false, cause: asError(error) } }
      }
    },
    async close() {},
  }
}

function idOf(item: unknown): string | undefined {
  return typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string'
    ? item.id
    : undefined
}

function checkAtLeast(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `mapInWorkers: expected ${name} to be an integer >= ${least}, got ${value}`,
    )
  }
}
