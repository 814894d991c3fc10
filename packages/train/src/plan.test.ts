import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plan, replan } from './plan.js'

const start = { step: 0, elapsedSeconds: 0, timedSteps: 0, timedSeconds: 0, evalSeconds: 0 }

test('steps asked for are known at once; ten evaluations unless asked otherwise', () => {
  expect(plan({ ...start, steps: 95 })).toEqual({ steps: 95, evalInterval: 10 })
  expect(plan({ ...start, steps: 3 })).toEqual({ steps: 3, evalInterval: 1 })
  expect(plan({ ...start, steps: 95, evalInterval: 7 })).toEqual({ steps: 95, evalInterval: 7 })
})

test('a time waits for three timed steps and a part of the time, but not for ever', () => {
  const timed = { ...start, step: 4, elapsedSeconds: 4, timedSteps: 3, timedSeconds: 3 }
  expect(plan({ ...timed, budgetSeconds: 60 })).toBeDefined()
  expect(plan({ ...timed, budgetSeconds: 60, timedSteps: 2 })).toBe(undefined)
  expect(plan({ ...timed, budgetSeconds: 600 })).toBe(undefined)
  expect(plan({ ...timed, budgetSeconds: 1e6, timedSeconds: 20 })).toBeDefined()
  // Steps run out, or time runs out, before enough is timed.
  expect(plan({ ...timed, budgetSeconds: 600, steps: 4 })).toEqual({ steps: 4, evalInterval: 1 })
  expect(plan({ ...timed, budgetSeconds: 4, timedSteps: 0 })).toEqual({ steps: 4, evalInterval: 1 })
})

test('what is planned fits the time, evaluations included, and one step more would not', () => {
  const input = fc.record({
    budgetSeconds: fc.double({ min: 10, max: 1e5, noNaN: true }),
    stepSeconds: fc.double({ min: 0.001, max: 10, noNaN: true }),
    evalSeconds: fc.double({ min: 0, max: 20, noNaN: true }),
    evalInterval: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
  })
  fc.assert(
    fc.property(input, ({ budgetSeconds, stepSeconds, evalSeconds, evalInterval }) => {
      const timedSteps = Math.max(3, Math.ceil(20 / stepSeconds))
      const timedSeconds = timedSteps * stepSeconds
      const elapsedSeconds = timedSeconds + evalSeconds
      fc.pre(elapsedSeconds + evalSeconds < budgetSeconds)
      const decided = plan({
        ...{ budgetSeconds, evalSeconds, evalInterval, timedSteps, timedSeconds, elapsedSeconds },
        step: timedSteps,
      })
      const { steps, evalInterval: interval } = decided ?? expect.fail('it can be known')
      const left = steps - timedSteps
      const evaluations = evalInterval === undefined ? Math.ceil(steps / interval) : left / interval
      const cost = left * stepSeconds + evaluations * evalSeconds
      expect(elapsedSeconds + cost).toBeLessThan(budgetSeconds + 1e-6 * budgetSeconds)
      const spare = budgetSeconds - elapsedSeconds - cost
      expect(spare).toBeLessThan(2 * stepSeconds + 10 * evalSeconds + 1e-6 * budgetSeconds)
    }),
    { numRuns: 500, seed: 1 },
  )
})

test('a machine that turns slower in the middle overruns by little, one that turns faster wastes little', () => {
  const input = fc.record({
    before: fc.double({ min: 0.05, max: 1, noNaN: true }),
    after: fc.double({ min: 0.05, max: 1, noNaN: true }),
    change: fc.double({ min: 0, max: 0.8, noNaN: true }),
    evalSeconds: fc.double({ min: 0, max: 2, noNaN: true }),
  })
  fc.assert(
    fc.property(input, ({ before, after, change, evalSeconds }) => {
      const budgetSeconds = 180
      let [step, elapsedSeconds, timedSteps, timedSeconds] = [0, 0, 0, 0]
      let current: ReturnType<typeof plan>
      while (current === undefined || step < current.steps) {
        const seconds = elapsedSeconds < change * budgetSeconds ? before : after
        step++
        timedSteps++
        elapsedSeconds += seconds
        timedSeconds += seconds
        if (current && step % current.evalInterval === 0) elapsedSeconds += evalSeconds
        const now = { budgetSeconds, step, elapsedSeconds, timedSteps, timedSeconds, evalSeconds }
        const next = current ? replan(current, now) : plan(now)
        if (next === undefined) continue
        current = next
        timedSteps = 0
        timedSeconds = 0
      }
      // A twentieth of the time is tolerated, and a twentieth goes by between two looks.
      expect(elapsedSeconds).toBeLessThan(1.12 * budgetSeconds + 2 * evalSeconds)
      expect(elapsedSeconds).toBeGreaterThan(0.85 * budgetSeconds - 2 * evalSeconds)
    }),
    { numRuns: 300, seed: 1 },
  )
})
