import type { ProgressUpdate } from '../progress.js'
import { formatProgress } from './format-progress.js'

/** Options of {@link terminalProgress}. */
export interface TerminalProgressOptions {
  /** Where to draw. Default: standard error, so that standard output stays clean. */
  readonly stream?: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** Draw nothing. Default: false. */
  readonly quiet?: boolean
  /** Milliseconds between two drawings. Default: 100 on a terminal, 10,000 elsewhere. */
  readonly interval?: number
}

/** A `Progress` that draws. */
export interface TerminalProgress {
  (update: ProgressUpdate): void
  /** Writes the last state of unfinished tasks and ends the line. Call it before other output and at the end. */
  end(): void
}

interface Task {
  update: ProgressUpdate
  readonly began: number
  readonly since: number
  updated: number
  drawn: number
}

/** A task that has said nothing for so many milliseconds gets a line of its own and is forgotten. */
const silence = 1000

/**
 * Draws progress. On a terminal: one line, rewritten, with the tasks that run; a task that is done (`done` equals `total`)
 * leaves its line behind. Elsewhere, a log file for example: one line per task and interval, and one when it is done.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { terminalProgress } = await import('../index.js')
 * const stream = { text: '', write(text: string) { this.text += text } }
 * const progress = terminalProgress({ stream })
 * progress({ task: 'cleaning', done: 0, total: 0, unit: 'documents' })
 * expect(stream.text).toBe('cleaning  0 documents  done in 0.0 s\n')
 * ```
 */
export function terminalProgress(options: TerminalProgressOptions = {}): TerminalProgress {
  const { stream = process.stderr, quiet = false } = options
  const tty = stream.isTTY === true
  const interval = options.interval ?? (tty ? 100 : 10_000)
  const tasks = new Map<string, Task>()
  let drawn = Number.NEGATIVE_INFINITY
  let lineOpen = false

  function report(update: ProgressUpdate): void {
    if (quiet) return
    const now = performance.now()
    let task = tasks.get(update.task)
    if (!task) {
      task = { update, began: now, since: update.done, updated: now, drawn: now }
      tasks.set(update.task, task)
    }
    task.update = update
    task.updated = now
    if (update.done === update.total) settle(task)
    else if (!tty && now - task.drawn >= interval) {
      stream.write(`${line(task)}\n`)
      task.drawn = now
    }
    if (tty && now - drawn >= interval) {
      for (const other of tasks.values()) if (now - other.updated > silence) settle(other)
      draw(now)
    }
  }

  /** Leaves the task's last state behind as a line of its own. */
  function settle(task: Task): void {
    tasks.delete(task.update.task)
    stream.write(`${lineOpen ? '\r\u001b[K' : ''}${line(task)}\n`)
    lineOpen = false
  }

  function draw(now: number): void {
    drawn = now
    if (tasks.size === 0) return
    const text = [...tasks.values()].map(line).join('  |  ')
    stream.write(`\r${text.slice(0, (stream.columns ?? 80) - 1)}\u001b[K`)
    lineOpen = true
  }

  return Object.assign(report, {
    end() {
      for (const task of tasks.values()) settle(task)
    },
  })
}

function line(task: Task): string {
  return formatProgress(task.update, (task.updated - task.began) / 1000, task.since)
}
