import fc from 'fast-check'
import { expect, test } from 'vitest'
import { constant, warmupCosine, warmupLinear } from './schedules.js'

const options = fc
  .record({
    peak: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    warmup: fc.integer({ min: 0, max: 50 }),
    more: fc.integer({ min: 0, max: 200 }),
  })
  .map(({ peak, part, warmup, more }) => ({
    peak,
    floor: peak * part,
    warmup,
    steps: warmup + more,
  }))

test.each([
  ['warmupCosine', warmupCosine],
  ['warmupLinear', warmupLinear],
])(
  '%s rises to the peak at step warmup, falls to the floor at step steps, and stays',
  (_, make) => {
    fc.assert(
      fc.property(options, ({ peak, floor, warmup, steps }) => {
        const schedule = make({ peak, floor, warmup, steps })
        const rates = Array.from({ length: steps + 20 }, (_, step) => schedule(step))
        for (let step = 1; step < warmup; step++) expect(rates[step]! > rates[step - 1]!).toBe(true)
        if (warmup > 0) expect(rates[0]).toBeCloseTo(peak / (warmup + 1), 12)
        if (steps > warmup) expect(rates[warmup]).toBeCloseTo(peak, 12)
        for (let step = warmup + 1; step < rates.length; step++) {
          expect(rates[step]! <= rates[step - 1]! + 1e-15).toBe(true)
        }
        for (const rate of rates.slice(steps)) expect(rate).toBe(floor)
      }),
      { numRuns: 200, seed: 1 },
    )
  },
)

test('half way down, both stand in the middle; a quarter down, the cosine stands higher', () => {
  const shape = { peak: 2, floor: 1, warmup: 0, steps: 100 }
  expect(warmupCosine(shape)(50)).toBeCloseTo(1.5, 12)
  expect(warmupLinear(shape)(50)).toBeCloseTo(1.5, 12)
  expect(warmupCosine(shape)(25)).toBeCloseTo(1.5 + Math.SQRT1_2 / 2, 12)
  expect(warmupLinear(shape)(25)).toBeCloseTo(1.75, 12)
})

test('the floor is a tenth of the peak unless given; an endless schedule stays at the peak', () => {
  expect(warmupCosine({ peak: 3, warmup: 0, steps: 10 })(10)).toBeCloseTo(0.3, 12)
  const endless = warmupCosine({ peak: 3, warmup: 2, steps: Number.POSITIVE_INFINITY })
  expect([endless(0), endless(1), endless(2), endless(1e9)]).toEqual([1, 2, 3, 3])
})

test('refuses rates and lengths that make no schedule', () => {
  expect(() => constant(-1)).toThrow('constant: expected a rate of 0 or more, got -1')
  expect(() => warmupCosine({ peak: Number.NaN, warmup: 0, steps: 1 })).toThrow('peak')
  expect(() => warmupCosine({ peak: 1, warmup: 0, steps: 1, floor: -1 })).toThrow('floor')
  expect(() => warmupLinear({ peak: 1, warmup: -1, steps: 2 })).toThrow(
    'warmupLinear: expected warmup and steps of 0 or more, got warmup -1',
  )
})

test('a run that ends within the warm-up keeps rising to its end', () => {
  const schedule = warmupCosine({ peak: 1, warmup: 9, steps: 4, floor: 0.1 })
  expect([0, 3, 8, 9, 20].map(schedule)).toEqual([0.1, 0.4, 0.9, 0.1, 0.1])
})
