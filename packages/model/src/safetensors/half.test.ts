import { expect, test } from 'vitest'
import { fromBfloat16, fromFloat16 } from './half.js'

const every = Uint16Array.from({ length: 65536 }, (_, i) => i)

test('every half: numbers in ascending order up to 65504, infinity, NaNs; then the same below zero', () => {
  const floats = fromFloat16(every)
  const positive = floats.subarray(0, 0x7c00)
  expect(positive.every((x, i) => i === 0 || x > positive[i - 1]!)).toBe(true)
  expect([floats[0], floats[1], floats[0x3c00], floats[0x7bff]]).toEqual([0, 2 ** -24, 1, 65504])
  expect(floats[0x7c00]).toBe(Number.POSITIVE_INFINITY)
  expect(floats.subarray(0x7c01, 0x8000).every(Number.isNaN)).toBe(true)
  const negative = floats.subarray(0x8000)
  expect(negative.every((x, i) => Object.is(x, -floats[i]!))).toBe(true)
})

test('a bfloat16 is the upper half of a float32', () => {
  const bits = new Uint32Array(fromBfloat16(every).buffer)
  expect(bits.every((word, i) => word === i * 65536)).toBe(true)
})
