import { addScaled, tf } from '@llm/tensor'
import { chain } from './chain.js'
import { mapUpdates } from './map-updates.js'
import { scaleBySchedule } from './scale-by-schedule.js'
import { constant } from './schedules.js'
import type { Schedule, State, Transform, Updates } from './types.js'

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** A rate, or a schedule of rates by step. */
  readonly learningRate: number | Schedule
  /** Part of the last direction that is kept, in [0, 1). Default 0: plain descent, no memory. */
  readonly momentum?: number
}

/**
 * Gradient descent, with momentum if asked: `u <- momentum * u + g`, `p <- p - rate * u`, as `torch.optim.SGD`.
 *
 * @throws RangeError when `momentum` is outside [0, 1).
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { sgd } = await import('./sgd.js')
 * const { takeStep } = await import('./take-step.js')
 * const params = { x: tf.variable(tf.scalar(1)) }
 * const optimizer = sgd({ learningRate: 0.1 })
 * takeStep(optimizer, params, { x: tf.scalar(2) }, optimizer.init(params))
 * expect(params.x.dataSync()[0]).toBeCloseTo(0.8)
 * ```
 */
export function sgd({ learningRate, momentum = 0 }: SgdOptions): Transform<readonly State[]> {
  if (!(momentum >= 0 && momentum < 1)) {
    throw new RangeError(`sgd: expected a momentum in [0, 1), got ${momentum}`)
  }
  const rate = scaleBySchedule(
    typeof learningRate === 'number' ? constant(learningRate) : learningRate,
  )
  return momentum === 0 ? chain(rate) : chain(keepMomentum(momentum), rate)
}

function keepMomentum(momentum: number): Transform<Updates> {
  return {
    init: (params) => mapUpdates(params, (parameter) => tf.zeros(parameter.shape)),
    update(gradients, last) {
      const updates = mapUpdates(gradients, (gradient, name) => {
        const direction = last[name]
        if (direction === undefined) {
          throw new RangeError(
            `sgd: expected gradients of the parameters given to init, got one named ${JSON.stringify(name)}`,
          )
        }
        return addScaled(gradient, direction, momentum)
      })
      return { updates, state: updates }
    },
  }
}
