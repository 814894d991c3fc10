import { expect, it } from 'vitest'
import { key } from './key.js'
import { normal, truncatedNormal, uniform } from './random-tensors.js'

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

it('truncated normal numbers have the moments and limits of theirs', () => {
  const at = (options: object) => {
    const x = Array.from(truncatedNormal(key(3), [200_000], options).dataSync())
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length
    const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length
    const [smallest, largest] = [
      x.reduce((a, b) => Math.min(a, b)),
      x.reduce((a, b) => Math.max(a, b)),
    ]
    return { mean, deviation: Math.sqrt(variance), smallest, largest }
  }
  // From the closed forms of a truncated normal distribution's moments.
  const plain = at({})
  expect(plain.mean).toBeCloseTo(0, 2)
  expect(plain.deviation).toBeCloseTo(0.87962566, 2)
  expect(plain.smallest).toBeGreaterThanOrEqual(-2)
  expect(plain.smallest).toBeLessThan(-1.999)
  expect(plain.largest).toBeLessThanOrEqual(2)
  expect(plain.largest).toBeGreaterThan(1.999)
  const tail = at({ mean: 1, standardDeviation: 2, lower: 5, upper: Infinity })
  expect(tail.mean).toBeCloseTo(1 + 2 * 5.1865, 2)
  expect(tail.deviation).toBeCloseTo(2 * 0.1808, 2)
  expect(tail.smallest).toBeGreaterThanOrEqual(11)
  const mirrored = at({ mean: -1, standardDeviation: 2, lower: -Infinity, upper: -5 })
  expect(mirrored.mean).toBeCloseTo(-tail.mean, 1)
})

it('truncated normal numbers depend on the key and their own number alone', () => {
  const [few, many] = [3, 100].map((n) => truncatedNormal(key(4), [n]).dataSync())
  expect(many?.slice(0, 3)).toEqual(few)
})

it('shapes may be empty, and bad ones are errors', () => {
  expect(normal(key(1), [0, 3]).shape).toEqual([0, 3])
  expect(uniform(key(1), []).shape).toEqual([])
  expect(() => uniform(key(1), [2, -1])).toThrow('uniform: expected a shape of integers >= 0')
  expect(() => normal(key(1), [2], { standardDeviation: -1 })).toThrow('normal: expected a finite')
  expect(truncatedNormal(key(1), [0, 3]).shape).toEqual([0, 3])
  expect(() => truncatedNormal(key(1), [2], { lower: 1, upper: 1 })).toThrow(
    'truncatedNormal: expected lower below upper and within 37 of 0, got 1 and 1',
  )
  expect(() => truncatedNormal(key(1), [2], { lower: Number.NaN })).toThrow('expected lower')
  expect(() => truncatedNormal(key(1), [2], { lower: 50, upper: 60 })).toThrow('expected lower')
})
