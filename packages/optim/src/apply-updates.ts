import { type Parameters, tf } from '@llm/tensor'
import type { Updates } from './types.js'

/**
 * Adds each update to its parameter, in place: `p <- p + u`. The updates are left to the caller.
 *
 * @throws RangeError when an update has no parameter, or not its shape.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { applyUpdates } = await import('./apply-updates.js')
 * const params = { w: tf.variable(tf.tensor1d([1, 2])) }
 * applyUpdates(params, { w: tf.tensor1d([0.5, -0.5]) })
 * expect([...params.w.dataSync()]).toEqual([1.5, 1.5])
 * ```
 */
export function applyUpdates(params: Parameters, updates: Updates): void {
  for (const [name, update] of Object.entries(updates)) {
    const parameter = params[name]
    if (parameter === undefined || parameter.shape.join() !== update.shape.join()) {
      throw new RangeError(
        `applyUpdates: expected an update for each parameter in its shape, got ${JSON.stringify(name)} of shape [${update.shape}]` +
          (parameter === undefined
            ? ', a name without a parameter'
            : ` for one of shape [${parameter.shape}]`),
      )
    }
    tf.tidy(() => parameter.assign(tf.add(parameter, update)))
  }
}
