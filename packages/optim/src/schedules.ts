import type { Schedule } from './types.js'

/** Options of {@link warmupCosine} and {@link warmupLinear}. Rates are per step; steps count from 0. */
export interface WarmupOptions {
  /** The highest rate, reached at step `warmup`. */
  readonly peak: number
  /** Steps of linear rise. A run that is shorter never reaches the peak. */
  readonly warmup: number
  /** The step at which the rate has come down to `floor`, where it then stays. */
  readonly steps: number
  /** The last rate. Default: a tenth of `peak`. */
  readonly floor?: number
}

/**
 * The same rate at every step.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { constant } = await import('./schedules.js')
 * expect(constant(3e-4)(1000)).toBe(3e-4)
 * ```
 */
export function constant(rate: number): Schedule {
  checkRate('constant', 'a rate', rate)
  return () => rate
}

/**
 * Linear warm-up, then half a cosine down to `floor`, then flat: the schedule of nanoGPT's `get_lr`.
 *
 * - step < warmup: `peak * (step + 1) / (warmup + 1)`
 * - step <= steps: `floor + (peak - floor) * (1 + cos(pi * (step - warmup) / (steps - warmup))) / 2`
 * - after that: `floor`
 *
 * @throws RangeError when a rate or a number of steps is negative.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { warmupCosine } = await import('./schedules.js')
 * const rate = warmupCosine({ peak: 1, warmup: 3, steps: 13, floor: 0 })
 * expect([0, 1, 2, 3, 8, 13, 99].map((step) => Number(rate(step).toFixed(6)))).toEqual([0.25, 0.5, 0.75, 1, 0.5, 0, 0])
 * ```
 */
export function warmupCosine(options: WarmupOptions): Schedule {
  return warmup('warmupCosine', options, (progress) => (1 + Math.cos(Math.PI * progress)) / 2)
}

/**
 * Linear warm-up, then a straight line down to `floor`, then flat.
 *
 * @throws RangeError when a rate or a number of steps is negative.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { warmupLinear } = await import('./schedules.js')
 * const rate = warmupLinear({ peak: 1, warmup: 1, steps: 5, floor: 0 })
 * expect([0, 1, 2, 3, 4, 5, 6].map(rate)).toEqual([0.5, 1, 0.75, 0.5, 0.25, 0, 0])
 * ```
 */
export function warmupLinear(options: WarmupOptions): Schedule {
  return warmup('warmupLinear', options, (progress) => 1 - progress)
}

/** Warm-up, then `floor + (peak - floor) * fall(progress)`, progress from 0 to 1. */
function warmup(
  name: string,
  { peak, warmup, steps, floor = peak / 10 }: WarmupOptions,
  fall: (progress: number) => number,
): Schedule {
  checkRate(name, 'peak', peak)
  checkRate(name, 'floor', floor)
  if (!(warmup >= 0 && steps >= 0)) {
    throw new RangeError(
      `${name}: expected warmup and steps of 0 or more, got warmup ${warmup}, steps ${steps}`,
    )
  }
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / (warmup + 1)
    if (step >= steps) return floor
    return floor + (peak - floor) * fall((step - warmup) / (steps - warmup))
  }
}

function checkRate(name: string, what: string, rate: number): void {
  if (!(Number.isFinite(rate) && rate >= 0)) {
    throw new RangeError(`${name}: expected ${what} of 0 or more, got ${rate}`)
  }
}
