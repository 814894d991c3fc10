/** How long a run is to be. */
export interface Plan {
  /** Steps in all. */
  readonly steps: number
  /** Steps between evaluations. */
  readonly evalInterval: number
}

/** What {@link plan} decides from. Times are in seconds. */
export interface PlanInput {
  /** Steps asked for; without them there must be a time. */
  readonly steps?: number | undefined
  /** Time asked for. */
  readonly budgetSeconds?: number | undefined
  /** Steps between evaluations asked for. */
  readonly evalInterval?: number | undefined
  /** Steps done. */
  readonly step: number
  /** Time spent so far. */
  readonly elapsedSeconds: number
  /** Steps timed, and how long they took. The very first is left out: it warms up caches and kernels. */
  readonly timedSteps: number
  readonly timedSeconds: number
  /** What an evaluation takes; 0 when there is none. */
  readonly evalSeconds: number
}

/** What is timed before a time is turned into a number of steps: so many steps, and this part of the time, up to so many seconds. */
const leastTimedSteps = 3
const leastTimedPart = 0.02
const mostTimedSeconds = 20

/** Unless asked otherwise: this many evaluations, taking at most this part of the time. */
const evaluations = 10
const evaluationPart = 0.2

/**
 * Turns what was asked for into a number of steps; `undefined` while steps must still be timed.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { plan } = await import('./plan.js')
 * const timed = { step: 4, elapsedSeconds: 4, timedSteps: 3, timedSeconds: 3, evalSeconds: 0 }
 * expect(plan({ ...timed, budgetSeconds: 100 })).toEqual({ steps: 100, evalInterval: 10 }) // 96 seconds left at a second a step
 * expect(plan({ ...timed, budgetSeconds: 100, steps: 40 })).toEqual({ steps: 40, evalInterval: 4 })
 * expect(plan({ ...timed, budgetSeconds: 1000 })).toBe(undefined) // three seconds are not enough to judge by
 * ```
 */
export function plan(input: PlanInput): Plan | undefined {
  const { steps = Number.POSITIVE_INFINITY, budgetSeconds, step, elapsedSeconds } = input
  if (budgetSeconds === undefined || step >= steps) return inSteps(steps, input)
  if (elapsedSeconds >= budgetSeconds) return inSteps(step, input)
  const leastSeconds = Math.min(leastTimedPart * budgetSeconds, mostTimedSeconds)
  if (input.timedSteps < leastTimedSteps || input.timedSeconds < leastSeconds) return undefined

  const stepSeconds = input.timedSeconds / input.timedSteps
  const left = budgetSeconds - elapsedSeconds
  const { evalSeconds, evalInterval } = input
  const possible =
    evalInterval === undefined
      ? (left - affordableEvaluations(left, evalSeconds) * evalSeconds) / stepSeconds
      : (left - evalSeconds) / (stepSeconds + evalSeconds / evalInterval)
  const total = step + Math.max(0, Math.floor(possible))
  return inSteps(Math.min(steps, total), input, affordableEvaluations(left, evalSeconds))
}

/** How much of the time is watched before a plan is looked at again, and how much of it a plan may be off. */
const watchedPart = 0.05
const toleratedPart = 0.05

/**
 * Looks at a plan again, by the steps timed since it was made: `undefined` while it is too early to judge, otherwise the plan to
 * follow from here. That is the current one as long as the time will be kept, or missed by no more than a twentieth.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { replan } = await import('./plan.js')
 * const current = { steps: 100, evalInterval: 10 }
 * const half = { budgetSeconds: 100, step: 50, elapsedSeconds: 50, timedSteps: 5, evalSeconds: 0 }
 * expect(replan(current, { ...half, timedSeconds: 5 })).toEqual(current)
 * expect(replan(current, { ...half, timedSeconds: 10 })).toEqual({ steps: 75, evalInterval: 10 }) // two seconds a step now
 * expect(replan(current, { ...half, timedSeconds: 4 })).toBe(undefined) // less than a twentieth of the time was watched
 * ```
 */
export function replan(current: Plan, input: PlanInput): Plan | undefined {
  const { budgetSeconds, timedSteps, timedSeconds } = input
  if (budgetSeconds === undefined || timedSeconds < watchedPart * budgetSeconds) return undefined
  const next = plan({ ...input, evalInterval: current.evalInterval })
  if (next === undefined) return undefined
  const offSeconds = (Math.abs(next.steps - current.steps) * timedSeconds) / timedSteps
  return offSeconds > toleratedPart * budgetSeconds ? next : current
}

function affordableEvaluations(left: number, evalSeconds: number): number {
  const affordable =
    evalSeconds > 0 ? Math.floor((evaluationPart * left) / evalSeconds) : evaluations
  return Math.min(evaluations, Math.max(1, affordable))
}

function inSteps(steps: number, { evalInterval }: PlanInput, times: number = evaluations): Plan {
  return { steps, evalInterval: evalInterval ?? Math.max(1, Math.ceil(steps / times)) }
}
