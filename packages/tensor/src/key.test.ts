import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fillBits, fold, type Key, key } from './key.js'

const bits = (source: Key, n: number) => Array.from(fillBits(source, new Uint32Array(n)))

it('the numbers of a key never change', () => {
  expect(bits(key(1), 3)).toEqual([4167992901, 328263097, 1261452753])
  expect(fold(key(1), 'dropout')).toEqual({ high: 519873670, low: 1968769203 })
})

it('a key gives the same numbers whatever their count', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.nat(50), (seed, n) => {
      expect(bits(key(seed), n)).toEqual(bits(key(seed), 64).slice(0, n))
    }),
    { seed: 1 },
  )
})

it('different seeds, names and numbers give different keys', () => {
  const root = key(7)
  const keys = [
    root,
    ...[0, 1, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER].map((n) => fold(root, n)),
    ...['', 'a', 'b', 'ab', 'ba', '\u0000', '0', '1'].map((text) => fold(root, text)),
    ...[-1, 8, 7 + 2 ** 32].map(key),
    fold(fold(root, 'a'), 'b'),
  ]
  expect(new Set(keys.map(({ high, low }) => `${high} ${low}`)).size).toBe(keys.length)
  expect(new Set(keys.map((k) => bits(k, 2).join())).size).toBe(keys.length)
})

it('other seeds and numbers are errors', () => {
  expect(() => key(0.5)).toThrow('key: expected a safe integer as seed, got 0.5')
  expect(() => fold(key(1), -1)).toThrow('fold: expected a safe integer >= 0 or a string, got -1')
})
