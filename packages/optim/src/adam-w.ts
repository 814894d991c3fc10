import { adamW as adamWInPlace } from '@llm/tensor'
import { addDecayedWeights, type DecayOptions, decaysByDefault } from './add-decayed-weights.js'
import { chain } from './chain.js'
import { entriesOf, of } from './in-place.js'
import { type AdamOptions, type AdamState, adamDefaults, scaleByAdam } from './scale-by-adam.js'
import { type ScheduleState, scaleBySchedule } from './scale-by-schedule.js'
import { constant } from './schedules.js'
import type { Schedule, State, Transform, Updates } from './types.js'

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
 * transform of its own: `chain(clipByGlobalNorm(1), adamW({ ... }))`. In a step, {@link takeStep}, four arrays of a parameter's
 * size exist: the parameter, its gradient and two moments.
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
  mask = decaysByDefault,
  ...adam
}: AdamWOptions): Transform<readonly State[]> {
  const { beta1, beta2, epsilon } = { ...adamDefaults, ...adam }
  const schedule = typeof learningRate === 'number' ? constant(learningRate) : learningRate
  return {
    ...chain(
      scaleByAdam(adam),
      addDecayedWeights(weightDecay, { mask }),
      scaleBySchedule(schedule),
    ),
    step(params, gradients, state, { scale }) {
      if (!isAdamWState(state)) throw new RangeError(otherState)
      const [{ m, v, ...before }, none, scheduled] = state
      const entries = entriesOf('adamW', params, gradients)
      const step = before.step + 1
      const rate = schedule(scheduled.step)
      const next = adamWInPlace(
        entries.map(({ parameter }) => parameter),
        entries.map(({ gradient }) => gradient),
        entries.map(({ name }) => ({ m: of('adamW', m, name), v: of('adamW', v, name) })),
        {
          learningRate: rate,
          beta1,
          beta2,
          epsilon,
          step,
          weightDecay: entries.map(({ name, parameter }) =>
            mask(name, parameter) ? weightDecay : 0,
          ),
          gradientScale: scale,
        },
      )
      const moments = (which: 'm' | 'v'): Updates =>
        Object.fromEntries(next.map((tensors, i) => [entries[i]?.name, tensors[which]]))
      return [
        { step, m: { ...m, ...moments('m') }, v: { ...v, ...moments('v') } },
        none,
        { step: scheduled.step + 1, learningRate: rate },
      ]
    },
  }
}

const otherState =
  "adamW: expected the state of an adamW, got another; use the state that this optimizer's init or update returned"

function isAdamWState(
  state: readonly State[],
): state is readonly [AdamState, readonly [], ScheduleState] {
  const [adam, , schedule] = state
  return state.length === 3 && has(adam, 'm') && has(adam, 'v') && has(schedule, 'learningRate')
}

function has(state: State | undefined, name: string): boolean {
  return typeof state === 'object' && name in state
}
