import type { Progress } from '../progress.js'
import type { Stage } from '../stage.js'

/** Options of {@link withProgress}. */
export interface WithProgressOptions {
  /** How many items there are. Default: unknown. */
  readonly total?: number
  /** What the items are. Default `'documents'`. */
  readonly unit?: string
}

/**
 * A stage that changes nothing and reports how many items went through. When the input has ended, the last report has `total` equal to `done`.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { collect, pipe, withProgress } = await import('../index.js')
 * const seen: number[] = []
 * await collect(pipe(['a', 'b'], withProgress('reading', (update) => seen.push(update.done))))
 * expect(seen).toEqual([0, 1, 2, 2])
 * ```
 */
export function withProgress<T>(
  task: string,
  progress: Progress | undefined,
  options: WithProgressOptions = {},
): Stage<T, T> {
  const { unit = 'documents', total } = options
  return async function* counted(input) {
    let done = 0
    const report = (end: number | undefined): void =>
      progress?.({ task, done, unit, ...(end !== undefined && { total: end }) })
    report(total)
    for await (const item of input) {
      done++
      report(total)
      yield item
    }
    report(done)
  }
}
