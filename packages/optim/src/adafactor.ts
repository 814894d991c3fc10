import {
  type AdafactorMoments,
  adafactor as adafactorInPlace,
  adafactorMoments,
  globalNorm,
  type Parameters,
  tf,
} from '@llm/tensor'
import type { DecayOptions } from './add-decayed-weights.js'
import { entriesOf, of } from './in-place.js'
import { mapUpdates } from './map-updates.js'
import { constant } from './schedules.js'
import type { Scaling, Schedule, Transform, Updates } from './types.js'

/** Options of {@link adafactor}. The defaults are T5X's, but for the rate, which is the paper's. */
export interface AdafactorOptions extends DecayOptions {
  /**
   * A rate, or a schedule of rates by step; multiplied by the size of each parameter. Default: the paper's relative step,
   * `min(0.01, 1 / sqrt(step + 1))`.
   */
  readonly learningRate?: number | Schedule
  /** Second moments decay by `1 - t^-decayRate`, t = 1, 2, ... Default 0.8. */
  readonly decayRate?: number
  /** Added to the squared gradients. Default 1e-30. */
  readonly epsilon?: number
  /** The largest root mean square of an update before the rate. Default 1. */
  readonly clip?: number
  /** The least size of a parameter, its root mean square; 0: rates are not multiplied by sizes. Default 1e-3. */
  readonly leastSize?: number
  /** Decay of the mean of the steps, in [0, 1). Default: no mean, and no memory for one. */
  readonly beta1?: number
  /** Tensors whose last two axes are both at least as long have factored second moments. Default 128. */
  readonly factorFrom?: number
  /** Decoupled weight decay, multiplied by the rate. Default 0. */
  readonly weightDecay?: number
  /** Power of the rate that the decay is multiplied by: PaLM has decay 1 and power 2. Default 1. */
  readonly weightDecayPower?: number
}

/** Steps taken so far, the last rate, and what is remembered of each parameter. */
export type AdafactorState = {
  readonly step: number
  readonly learningRate: number
  readonly moments: { readonly [name: string]: AdafactorMoments }
}

/**
 * Adafactor: `p <- (1 - rate^power * decay) p - rate * size(p) * clipped(g / sqrt(v))`, where of a matrix only the means of the rows and
 * of the columns of v are kept. A step needs two arrays of a parameter's size, the parameter and its gradient, and three with `beta1`.
 *
 * Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235; the formula is that of `adafactor` of `@llm/tensor`, the same numbers
 * as T5X's for tensors of rank 2 or less, and as the `Adafactor` of transformers when everything is factored there and here and
 * nothing decays. It can stand at the end of a chain: `chain(clipByGlobalNorm(1), adafactor())`.
 *
 * @throws RangeError for options out of range.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { adafactor } = await import('./adafactor.js')
 * const { takeStep } = await import('./take-step.js')
 * const params = { x: tf.variable(tf.scalar(5)) }
 * const optimizer = adafactor({ learningRate: 0.1 })
 * let state = optimizer.init(params)
 * for (let step = 0; step < 100; step++) {
 *   const gradients = { x: tf.mul(params.x, 2) } // of the loss x^2
 *   state = takeStep(optimizer, params, gradients, state)
 * }
 * expect(Math.abs(params.x.dataSync()[0]!)).toBeLessThan(0.1)
 * ```
 */
export function adafactor({
  learningRate = relativeStep,
  factorFrom = 128,
  weightDecay = 0,
  weightDecayPower = 1,
  mask = () => true,
  ...numbers
}: AdafactorOptions = {}): Transform<AdafactorState> {
  const { beta1 } = numbers
  check({ weightDecay, factorFrom, ...numbers })
  const schedule = typeof learningRate === 'number' ? constant(learningRate) : learningRate
  const step = (
    params: Parameters,
    gradients: Updates,
    state: AdafactorState,
    { scale }: Scaling,
  ): AdafactorState => {
    const entries = entriesOf('adafactor', params, gradients)
    const rate = schedule(state.step)
    const decay = weightDecay * rate ** weightDecayPower
    const next = adafactorInPlace(
      entries.map(({ parameter }) => parameter),
      entries.map(({ gradient }) => gradient),
      entries.map(({ name }) => of('adafactor', state.moments, name)),
      {
        ...numbers,
        learningRate: rate,
        step: state.step + 1,
        decay: entries.map(({ name, parameter }) => (mask(name, parameter) ? decay : 0)),
        gradientScale: scale,
      },
    )
    const moments = Object.fromEntries(next.map((moment, i) => [entries[i]?.name, moment]))
    return {
      step: state.step + 1,
      learningRate: rate,
      moments: { ...state.moments, ...moments },
    }
  }
  return {
    init: (params) => ({
      step: 0,
      learningRate: 0,
      moments: Object.fromEntries(
        Object.entries(params).map(([name, parameter]) => [
          name,
          adafactorMoments(parameter, { factorFrom, momentum: beta1 !== undefined }),
        ]),
      ),
    }),
    step,
    // What the step does to copies: the formula stands in one place.
    update(gradients, state, params) {
      const copies: Parameters = {}
      for (const { name, parameter } of entriesOf('adafactor', params, gradients)) {
        copies[name] = tf.variable(parameter, false)
      }
      const moments = Object.fromEntries(
        Object.entries(state.moments).map(([name, moment]) => [name, cloneOf(moment)]),
      )
      const norm = () => globalNorm(Object.values(gradients))
      const next = step(copies, gradients, { ...state, moments }, { scale: 1, norm })
      const updates = mapUpdates(gradients, (_, name) =>
        tf.sub(of('adafactor', copies, name), of('adafactor', params, name)),
      )
      tf.dispose(Object.values(copies))
      return { updates, state: next }
    },
  }
}

/** The paper's rate of step 0, 1, ... */
function relativeStep(step: number): number {
  return Math.min(0.01, 1 / Math.sqrt(step + 1))
}

function cloneOf(moments: AdafactorMoments): AdafactorMoments {
  const second =
    'v' in moments
      ? { v: tf.clone(moments.v) }
      : { rows: tf.clone(moments.rows), columns: tf.clone(moments.columns) }
  return moments.m === undefined ? second : { ...second, m: tf.clone(moments.m) }
}

function check(options: Omit<AdafactorOptions, 'learningRate' | 'mask'>): void {
  const { decayRate = 0.8, clip = 1, beta1 = 0, ...others } = options
  for (const [name, value] of Object.entries({ decayRate, clip })) {
    if (!(value > 0)) throw new RangeError(`adafactor: expected ${name} above 0, got ${value}`)
  }
  for (const [name, value] of Object.entries(others)) {
    if (!(value >= 0))
      throw new RangeError(`adafactor: expected ${name} of 0 or more, got ${value}`)
  }
  if (!(beta1 >= 0 && beta1 < 1)) {
    throw new RangeError(`adafactor: expected beta1 in [0, 1), got ${beta1}`)
  }
}
