import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as elementary from './elementary.js'

type Pairs = readonly (readonly [number, number])[]
const fixture: Record<string, Pairs> = JSON.parse(
  readFileSync(new URL('../test/fixtures/normal.json', import.meta.url), 'utf8'),
)

it.each([
  ['log', elementary.log, 4e-16],
  ['exp', elementary.exp, 4e-16],
  ['normalDistribution', elementary.normalDistribution, 1e-13],
  ['normalQuantile', elementary.normalQuantile, 2e-15],
  ['cosine', (turn: number) => elementary.cosineAndSine(turn)[0], 4e-16],
  ['sine', (turn: number) => elementary.cosineAndSine(turn)[1], 4e-16],
])('%s agrees with 60 digits', (name, f, tolerance) => {
  const pairs = fixture[name] ?? []
  expect(pairs.length).toBeGreaterThan(10)
  for (const [x, expected] of pairs) {
    // Of itself; a cosine or sine near 0 of 1, because the angle is rounded.
    const unit = name === 'cosine' || name === 'sine' ? 1 : Math.abs(expected)
    expect(Math.abs(f(x) - expected), `${name}(${x})`).toBeLessThanOrEqual(tolerance * unit)
  }
})

it('the quantile has its limits', () => {
  expect([0, 1, 0.5].map(elementary.normalQuantile)).toEqual([-Infinity, Infinity, 0])
  expect(elementary.normalDistribution(-40)).toBe(0)
})
