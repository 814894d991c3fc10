import { tokensOf } from '@llm/data'
import { gpt2 } from '@llm/model'
import { key, tf } from '@llm/tensor'
import { expect, test } from 'vitest'
import { bitsPerByte, evaluate } from './evaluate.js'

const model = gpt2({
  vocabularySize: 9,
  contextLength: 6,
  width: 8,
  nLayers: 1,
  nHeads: 2,
  dropout: 0.5,
})
const params = model.init(key(2))
for (const variable of Object.values(params)) tf.tidy(() => variable.assign(tf.mul(variable, 10)))
const ids = Array.from({ length: 45 }, (_, i) => (i * i + 3 * i) % 9)

test("'all' predicts each token but the first once, from its own sequence alone", async () => {
  // The plain way: one sequence at a time, one token at a time.
  let sum = 0
  for (let start = 0; start + 1 < ids.length; start += 6) {
    const input = ids.slice(start, start + 6)
    const targets = ids.slice(start + 1, start + 7)
    const used = input.slice(0, targets.length)
    const logits = model.forward(params, tf.tensor2d(used, [1, used.length], 'int32'))
    const rows = tf.reshape(tf.logSoftmax(logits), [used.length, 9])
    const logs = rows.dataSync()
    for (const [t, target] of targets.entries()) sum -= logs[t * 9 + target]!
  }
  for (const batchSize of [1, 3, 100]) {
    const result = await evaluate(model, params, tokensOf(ids), { batchSize })
    expect(result.tokens).toBe(44)
    expect(result.loss).toBeCloseTo(sum / 44, 5)
    expect(result.perplexity / Math.exp(sum / 44)).toBeCloseTo(1, 5)
  }
})

test('random batches are the same for the same seed, without dropout', async () => {
  const options = { batches: 4, batchSize: 2, sequenceLength: 5 }
  const first = await evaluate(model, params, tokensOf(ids), options)
  expect(first.tokens).toBe(40)
  expect(await evaluate(model, params, tokensOf(ids), options)).toEqual(first)
  expect((await evaluate(model, params, tokensOf(ids), { ...options, seed: 1 })).loss).not.toBe(
    first.loss,
  )
})

test('a uniform model has the loss ln V and log2 V bits a token', async () => {
  // All weights zero: all logits zero.
  const zeros = Object.fromEntries(
    Object.entries(params).map(([name, p]) => [name, tf.variable(tf.zerosLike(p))]),
  )
  const { loss, perplexity, tokens } = await evaluate(model, zeros, tokensOf(ids))
  expect(loss).toBeCloseTo(Math.log(9), 6)
  expect(perplexity).toBeCloseTo(9, 5)
  expect(bitsPerByte(loss, tokens, 88)).toBeCloseTo(Math.log2(9) / 2, 6)
})

test('leaves no tensors behind', async () => {
  const before = tf.memory().numTensors
  await evaluate(model, params, tokensOf(ids), { batches: 3 })
  await evaluate(model, params, tokensOf(ids))
  expect(tf.memory().numTensors).toBe(before)
})

test('can be ended, and refuses too little', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(evaluate(model, params, tokensOf(ids), { signal })).rejects.toThrow('enough')
  await expect(evaluate(model, params, tokensOf([1]))).rejects.toThrow('two tokens or more')
  await expect(evaluate(model, params, tokensOf(ids), { batches: 0 })).rejects.toThrow('batches')
  await expect(evaluate(model, params, tokensOf(ids), { batchSize: 0 })).rejects.toThrow(
    'batchSize',
  )
  await expect(
    evaluate(model, params, tokensOf(ids), { sequenceLength: Number.NaN }),
  ).rejects.toThrow('sequenceLength')
  expect(() => bitsPerByte(1, 1, 0)).toThrow('bytes above 0')
})
