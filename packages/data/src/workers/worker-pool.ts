import { type ResourceLimits, Worker } from 'node:worker_threads'
import { asError, type FromWorker, revive, type WorkerInput } from './messages.js'
import type { BatchResult } from './run-batch.js'

/** Why a batch has no result. */
export interface Failure {
  /** True when the whole thread stopped, false when the stage threw. */
  readonly crashed: boolean
  readonly cause: Error
}

export type Reply = { readonly result: BatchResult } | { readonly failure: Failure }

export interface WorkerPoolOptions extends WorkerInput {
  readonly workers: number
  readonly timeout: number | undefined
  readonly resourceLimits: ResourceLimits | undefined
}

interface Job {
  readonly items: readonly unknown[]
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

/**
 * Threads that run batches. A thread starts when there is more to do than threads to do it, and a new one takes the place of
 * one that crashed. A thread that cannot even load the module makes every `run` fail.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #threads = new Set<Thread>()
  readonly #queue: Job[] = []
  #broken: Error | undefined

  constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  /** Runs a batch on the next free thread. Rejects only when the module cannot be started. */
  run(items: readonly unknown[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ items, resolve, reject })
      this.#next()
    })
  }

  /** Stops all threads at once, whatever they do. */
  async close(): Promise<void> {
    this.#broken = new Error('mapInWorkers: stopped')
    this.#next()
    await Promise.all([...this.#threads].map((thread) => thread.stop()))
  }

  #next(): void {
    if (this.#broken) {
      for (const job of this.#queue.splice(0)) job.reject(this.#broken)
      return
    }
    const starting = [...this.#threads].filter((thread) => !thread.ready).length
    for (const thread of this.#threads) {
      if (thread.idle && this.#queue.length > 0) thread.start(this.#queue.shift()!)
    }
    for (let wanted = this.#queue.length - starting; wanted > 0; wanted--) {
      if (this.#threads.size >= this.#options.workers) return
      this.#threads.add(new Thread(this.#options, (thread) => this.#changed(thread)))
    }
  }

  /** A thread has become free, or has stopped. */
  #changed(thread: Thread): void {
    if (thread.stopped) {
      this.#threads.delete(thread)
      if (!thread.ready) {
        this.#broken = new Error(
          `mapInWorkers: ${this.#options.module} could not be started: ${thread.stopped.message}`,
          { cause: thread.stopped },
        )
      }
    }
    this.#next()
  }
}

class Thread {
  ready = false
  /** Why it stopped; undefined while it runs. */
  stopped: Error | undefined
  readonly #worker: Worker
  readonly #timeout: number | undefined
  readonly #changed: (thread: Thread) => void
  #job: Job | undefined
  #timer: NodeJS.Timeout | undefined
  #cause: Error | undefined
  /** True once it was told to stop: what it has sent before may still arrive. */
  #ending = false

  constructor(options: WorkerPoolOptions, changed: (thread: Thread) => void) {
    const { module, timeout, resourceLimits } = options
    this.#timeout = timeout
    this.#changed = changed
    const workerData: WorkerInput = { module, options: options.options }
    this.#worker = new Worker(entry, { workerData, ...(resourceLimits && { resourceLimits }) })
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('messageerror', (error) => this.#kill(error))
    this.#worker.on('error', (error) => {
      this.#cause ??= error
    })
    this.#worker.on('exit', (code) => this.#exited(code))
  }

  get idle(): boolean {
    return this.ready && !this.#job && !this.#cause && !this.stopped
  }

  start(job: Job): void {
    this.#job = job
    this.#worker.ref()
    try {
      this.#worker.postMessage(job.items)
    } catch (error) {
      // Not all values can be sent to another thread, functions for example.
      queueMicrotask(() => this.#finish({ failure: { crashed: false, cause: asError(error) } }))
      return
    }
    if (this.#timeout !== undefined) {
      const late = new Error(`took longer than ${this.#timeout} ms`)
      this.#timer = setTimeout(() => this.#kill(late), this.#timeout)
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#end()
  }

  /** An idle thread does not keep the program alive; one that is being stopped does, or the program would end before it. */
  #rest(): void {
    if (!this.#ending) this.#worker.unref()
  }

  #end(): Promise<number> {
    this.#ending = true
    return this.#worker.terminate()
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') {
      this.ready = true
      this.#rest()
      this.#changed(this)
    } else if (message.kind === 'broken') this.#kill(revive(message))
    else if (message.kind === 'result') this.#finish({ result: message.result })
    else this.#finish({ failure: { crashed: false, cause: revive(message) } })
  }

  #finish(reply: Reply): void {
    clearTimeout(this.#timer)
    const job = this.#job
    this.#job = undefined
    this.#rest()
    job?.resolve(reply)
    this.#changed(this)
  }

  #kill(cause: Error): void {
    this.#cause ??= cause
    void this.#end()
  }

  #exited(code: number): void {
    clearTimeout(this.#timer)
    this.stopped = this.#cause ?? new Error(`the thread stopped with exit code ${code}`)
    const job = this.#job
    this.#job = undefined
    job?.resolve({ failure: { crashed: true, cause: this.stopped } })
    this.#changed(this)
  }
}

// The sources have no JavaScript file to start, the build has.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/worker.js' : './worker.js',
  import.meta.url,
)
