import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random, threefry2x32 } from './random.js'

// From kat_vectors of Random123 1.14: counter, key, result of threefry2x32 with 20 rounds.
test.each([
  [0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xc4923a9c, 0x483df7a0],
])('threefry2x32 gives the published answer for counter %i %i', (c0, c1, k0, k1, r0, r1) => {
  const out = new Uint32Array(3)
  threefry2x32(k0, k1, c0, c1, out, 1)
  expect([...out]).toEqual([0, r0, r1])
})

test('a stream depends on seed, purpose and index, and on nothing else', () => {
  const triples: [number, string, number][] = []
  for (const seed of [
    0,
    1,
    -1,
    2 ** 32,
    2 ** 32 + 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ])
    for (const purpose of ['', 'a', 'b', 'ab', 'a\0', '\0', 'abcd', 'abcde', 'dropout'])
      for (const index of [0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])
        triples.push([seed, purpose, index])
  const first = triples.map((triple) => head(...triple))
  expect(new Set(first).size).toBe(triples.length)
  expect(triples.map((triple) => head(...triple))).toEqual(first)
})

test('streams of neighbouring indices do not share words', () => {
  const words = new Set<number>()
  for (let index = 0; index < 100; index++) {
    const stream = random(3, 'x', index)
    for (let i = 0; i < 100; i++) words.add(stream.uint32())
  }
  // 10,000 draws out of 2^32 collide 0.01 times on average.
  expect(words.size).toBeGreaterThan(9_998)
})

test('integer is uniform: chi-square over 10 values, 100,000 draws', () => {
  const stream = random(42, 'chi-square', 0)
  const counts = new Array<number>(10).fill(0)
  for (let i = 0; i < 100_000; i++) counts[stream.integer(10)]! += 1
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  expect(chiSquare).toBeLessThan(21.67) // the 99th percentile with 9 degrees of freedom
  expect(chiSquare).toBeGreaterThan(2.09) // the 1st
})

test('integer does not favour low values when n is most of the range', () => {
  const stream = random(42, 'rejection', 0)
  const n = 3 * 2 ** 30 // without rejection the lowest third would come twice as often
  let low = 0
  for (let i = 0; i < 30_000; i++) if (stream.integer(n) < n / 3) low++
  expect(Math.abs(low - 10_000)).toBeLessThan(4 * Math.sqrt((30_000 * 2) / 9))
})

test('integer reaches above 32 bits', () => {
  const stream = random(1, 'wide', 0)
  const drawn = Array.from({ length: 200 }, () => stream.integer(2 ** 53))
  expect(Math.max(...drawn)).toBeGreaterThan(2 ** 52)
  expect(drawn.every(Number.isSafeInteger)).toBe(true)
  expect(new Set(drawn.map((value) => value % 2)).size).toBe(2)
})

test('float and normal have the right mean and variance', () => {
  const stream = random(7, 'moments', 0)
  const n = 50_000
  const floats = moments(Array.from({ length: n }, () => stream.float()))
  expect(Math.abs(floats.mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / n))
  expect(Math.abs(floats.variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n))
  const normals = moments(Array.from({ length: n }, () => stream.normal()))
  expect(Math.abs(normals.mean)).toBeLessThan(4 / Math.sqrt(n))
  expect(Math.abs(normals.variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
})

test('float lies in [0, 1)', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.string(), fc.nat(), (seed, purpose, index) => {
      const value = random(seed, purpose, index).float()
      return value >= 0 && value < 1
    }),
  )
})

test('shuffle is a permutation, also of typed arrays', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), fc.maxSafeInteger(), (values, seed) => {
      const shuffled = random(seed, 'shuffle', 0).shuffle([...values])
      expect([...shuffled].sort()).toEqual([...values].sort())
      expect([...random(seed, 'shuffle', 0).shuffle(Uint16Array.from(values))]).toEqual(shuffled)
    }),
  )
})

test('every order of three comes equally often', () => {
  const counts = new Map<string, number>()
  for (let index = 0; index < 6_000; index++) {
    const order = random(9, 'orders', index).shuffle(['a', 'b', 'c']).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29)
})

test('the file imports nothing, so that browsers can load it', async () => {
  const source = await readFile(new URL('./random.ts', import.meta.url), 'utf8')
  expect(source).not.toMatch(/^import |\bimport\((?!'\.\/random)|\brequire\(/m)
})

test('wrong arguments are named', () => {
  expect(() => random(0.5, 'x', 0)).toThrow('random: expected a safe integer as seed, got 0.5')
  expect(() => random(2 ** 53, 'x', 0)).toThrow(RangeError)
  expect(() => random(0, 'x', -1)).toThrow('random: expected a safe integer >= 0 as index, got -1')
  expect(() => random(0, 'x', 0).integer(0)).toThrow('integer: expected an integer from 1 to 2^53')
})

function head(seed: number, purpose: string, index: number): string {
  const stream = random(seed, purpose, index)
  return `${stream.uint32()} ${stream.uint32()}`
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, variance }
}
