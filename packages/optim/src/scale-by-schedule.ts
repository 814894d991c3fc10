import { tf } from '@llm/tensor'
import { mapUpdates } from './map-updates.js'
import { constant } from './schedules.js'
import type { Schedule, Transform } from './types.js'

/** Steps taken so far and the rate used by the last one (0 before the first). */
export type ScheduleState = { readonly step: number; readonly learningRate: number }

/**
 * Multiplies the updates by `-schedule(step)`, step = 0, 1, ...: the minus makes adding them a descent.
 *
 * The rate in use stands in the state as `learningRate`, where {@link findNumber} finds it for logs.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { scaleBySchedule } = await import('./scale-by-schedule.js')
 * const halving = scaleBySchedule((step) => 1 / (step + 1))
 * const first = halving.update({ w: tf.scalar(2) }, halving.init({}), {})
 * const second = halving.update({ w: tf.scalar(2) }, first.state, {})
 * expect(first.updates.w!.dataSync()[0]).toBe(-2)
 * expect(second.updates.w!.dataSync()[0]).toBe(-1)
 * expect(second.state).toEqual({ step: 2, learningRate: 0.5 })
 * ```
 */
export function scaleBySchedule(schedule: Schedule): Transform<ScheduleState> {
  return {
    init: () => ({ step: 0, learningRate: 0 }),
    update(gradients, { step }) {
      const learningRate = schedule(step)
      const updates = mapUpdates(gradients, (gradient) => tf.mul(gradient, -learningRate))
      return { updates, state: { step: step + 1, learningRate } }
    },
  }
}

/** Multiplies the updates by `-rate`. See {@link scaleBySchedule}. */
export function scaleByRate(rate: number): Transform<ScheduleState> {
  return scaleBySchedule(constant(rate))
}
