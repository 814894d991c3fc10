import { addDecayedWeights, type DecayOptions } from './add-decayed-weights.js'
import { chain } from './chain.js'
import { type AdamOptions, scaleByAdam } from './scale-by-adam.js'
import { scaleBySchedule } from './scale-by-schedule.js'
import { constant } from './schedules.js'
import type { Schedule, State, Transform } from './types.js'

/** Options of {@link adamW}. */
export interface AdamWOptions extends AdamOptions, DecayOptions {
  /** A rate, or a schedule of rates by step. */
  readonly learningRate: number | Schedule
  /** Decoupled weight decay, multiplied by the rate. Default 0.1, GPT-3's. */
  readonly weightDecay?: number
}

/**
 * AdamW: `p <- p - rate * (mHat / (sqrt(vHat) + epsilon) + weightDecay * p)`.
 *
 * Loshchilov and Hutter, https://arxiv.org/abs/1711.05101; the same numbers as `torch.optim.AdamW`. Defaults are those of GPT-3
 * (betas 0.9 and 0.95, epsilon 1e-8, decay 0.1) rather than PyTorch's (0.999, decay 0.01 of every parameter). Clipping is a
 * transform of its own: `chain(clipByGlobalNorm(1), adamW({ ... }))`.
 *
 * @throws RangeError for options out of range.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { adamW } = await import('./adam-w.js')
 * const { takeStep } = await import('./take-step.js')
 * const params = { x: tf.variable(tf.scalar(5)) }
 * const optimizer = adamW({ learningRate: 0.5 })
 * let state = optimizer.init(params)
 * for (let step = 0; step < 100; step++) {
 *   const gradients = { x: tf.mul(params.x, 2) } // of the loss x^2
 *   state = takeStep(optimizer, params, gradients, state)
 * }
 * expect(Math.abs(params.x.dataSync()[0]!)).toBeLessThan(0.1)
 * ```
 */
export function adamW({
  learningRate,
  weightDecay = 0.1,
  mask,
  ...adam
}: AdamWOptions): Transform<readonly State[]> {
  return chain(
    scaleByAdam(adam),
    addDecayedWeights(weightDecay, mask === undefined ? {} : { mask }),
    scaleBySchedule(typeof learningRate === 'number' ? constant(learningRate) : learningRate),
  )
}
