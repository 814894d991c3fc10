import { tokensOf } from '@llm/data'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomBatch } from './random-batch.js'

const counting = (length: number): ReturnType<typeof tokensOf> =>
  tokensOf(Uint32Array.from({ length }, (_, i) => i))

test('rows are windows of the tokens, targets one further, whatever the sizes', () => {
  const size = fc.integer({ min: 1, max: 20 })
  fc.assert(
    fc.property(
      size,
      size,
      size,
      fc.nat(1000),
      fc.nat(),
      (batchSize, sequenceLength, more, step, seed) => {
        const tokens = counting(sequenceLength + more)
        const { inputs, targets } = randomBatch(tokens, { step, batchSize, sequenceLength, seed })
        expect(inputs.length).toBe(batchSize * sequenceLength)
        expect([...targets]).toEqual([...inputs].map((id) => id + 1))
        for (let row = 0; row < batchSize; row++) {
          const ids = inputs.subarray(row * sequenceLength, (row + 1) * sequenceLength)
          expect([...ids]).toEqual(Array.from(ids, (_, t) => ids[0]! + t))
          expect(targets[(row + 1) * sequenceLength - 1]! < tokens.length).toBe(true)
        }
      },
    ),
    { numRuns: 200, seed: 1 },
  )
})

test('a batch is a function of seed, step and purpose', () => {
  const batch = (options: object): number[] => [
    ...randomBatch(counting(10_000), {
      step: 3,
      batchSize: 4,
      sequenceLength: 5,
      seed: 1,
      ...options,
    }).inputs,
  ]
  expect(batch({})).toEqual(batch({}))
  expect(batch({ step: 4 })).not.toEqual(batch({}))
  expect(batch({ seed: 2 })).not.toEqual(batch({}))
  expect(batch({ purpose: 'evaluation batch' })).not.toEqual(batch({}))
  expect(batch({ batchSize: 2 })).toEqual(batch({}).slice(0, 10))
})

test('every place is taken equally often, the first and the last included', () => {
  const counts = new Array<number>(8).fill(0)
  for (let step = 0; step < 500; step++) {
    const { inputs } = randomBatch(counting(10), { step, batchSize: 4, sequenceLength: 2, seed: 5 })
    for (let row = 0; row < 4; row++) counts[inputs[2 * row]!]! += 1
  }
  // 2,000 draws over 8 places: 250 each, standard deviation 15.
  for (const count of counts) expect(Math.abs(count - 250)).toBeLessThan(65)
})

test('refuses too few tokens and sizes of nothing', () => {
  const options = { step: 0, batchSize: 1, sequenceLength: 4, seed: 0 }
  expect(() => randomBatch(counting(4), options)).toThrow('more than 4 tokens')
  expect(randomBatch(counting(5), options).inputs).toEqual(Int32Array.of(0, 1, 2, 3))
  expect(() => randomBatch(counting(9), { ...options, batchSize: 0 })).toThrow('batchSize')
  expect(() => randomBatch(counting(9), { ...options, sequenceLength: 1.5 })).toThrow(
    'sequenceLength',
  )
})
