import { expect, it } from 'vitest'
import { key } from './key.js'
import { normal, uniform } from './random-tensors.js'

it('uniform numbers are uniform on [0, 1)', () => {
  const values = uniform(key(1), [100, 1000]).dataSync()
  const counts = new Array<number>(10).fill(0)
  for (const value of values) {
    const bin = Math.floor(value * 10)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  // Chi squared with 9 degrees of freedom: above 27.9 one time in a thousand.
  const chi = counts.reduce((sum, count) => sum + (count - 1e4) ** 2 / 1e4, 0)
  expect(counts).toHaveLength(10)
  expect(chi).toBeLessThan(27.9)
})

it('normal numbers have the moments of the normal distribution', () => {
  const values = normal(key(2), [200_001], { mean: 3, standardDeviation: 2 }).dataSync()
  const z = Array.from(values, (value) => (value - 3) / 2)
  const moment = (power: number) => z.reduce((sum, value) => sum + value ** power, 0) / z.length
  expect(moment(1)).toBeCloseTo(0, 2)
  expect(moment(2)).toBeCloseTo(1, 1)
  expect(moment(3)).toBeCloseTo(0, 1)
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1)
})

it('shapes may be empty, and bad ones are errors', () => {
  expect(normal(key(1), [0, 3]).shape).toEqual([0, 3])
  expect(uniform(key(1), []).shape).toEqual([])
  expect(() => uniform(key(1), [2, -1])).toThrow('uniform: expected a shape of integers >= 0')
  expect(() => normal(key(1), [2], { standardDeviation: -1 })).toThrow('normal: expected a finite')
})
