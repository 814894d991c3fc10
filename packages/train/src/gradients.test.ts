import { tokensOf } from '@llm/data'
import { gpt2 } from '@llm/model'
import { key, tf } from '@llm/tensor'
import { expect, test } from 'vitest'
import { GradientSteps, lossAndGradients } from './gradients.js'
import { randomBatch } from './random-batch.js'

const config = { vocabularySize: 9, contextLength: 6, width: 8, nLayers: 2, nHeads: 2 }
const tokens = tokensOf(Array.from({ length: 60 }, (_, i) => (i * i) % 9))
const batch = randomBatch(tokens, { step: 0, batchSize: 6, sequenceLength: 6, seed: 1 })

test('a batch in parts gives the loss and the gradients of the whole', () => {
  const model = gpt2(config)
  const params = model.init(key(1))
  const whole = lossAndGradients(model, params, batch, { key: key(0) })
  for (const accumulate of [2, 3, 6]) {
    const parts = lossAndGradients(model, params, batch, { accumulate, key: key(0) })
    expect(parts.loss.dataSync()[0]).toBeCloseTo(whole.loss.dataSync()[0]!, 5)
    expect(Object.keys(parts.gradients)).toEqual(Object.keys(params))
    for (const [name, gradient] of Object.entries(whole.gradients)) {
      const difference = tf.max(tf.abs(tf.sub(parts.gradients[name]!, gradient))).dataSync()[0]
      expect(difference, name).toBeLessThan(1e-6)
      expect(gradient.shape).toEqual(params[name]!.shape)
    }
  }
})

test('blocks that are computed again give the same bits, dropout included', () => {
  const model = gpt2({ ...config, dropout: 0.5 })
  const params = model.init(key(1))
  const [plain, again] = [false, true].map((checkpointing) =>
    lossAndGradients(model, params, batch, { checkpointing, key: key(3) }),
  )
  expect(again!.loss.dataSync()).toEqual(plain!.loss.dataSync())
  for (const [name, gradient] of Object.entries(plain!.gradients)) {
    expect(again!.gradients[name]!.dataSync(), name).toEqual(gradient.dataSync())
  }
})

test('products in bfloat16 give nearly the same', () => {
  const model = gpt2(config)
  const params = model.init(key(1))
  const of = (compute: 'float32' | 'bfloat16') =>
    lossAndGradients(model, params, batch, { compute, key: key(0) })
  const [exact, rounded] = [of('float32'), of('bfloat16')]
  const difference = rounded.loss.dataSync()[0]! - exact.loss.dataSync()[0]!
  expect(difference).not.toBe(0)
  expect(Math.abs(difference)).toBeLessThan(1e-3)
  for (const [name, gradient] of Object.entries(exact.gradients)) {
    const error = tf.norm(tf.sub(rounded.gradients[name]!, gradient)).dataSync()[0]!
    expect(error / tf.norm(gradient).dataSync()[0]!, name).toBeLessThan(0.02)
  }
})

test('dropout follows the key, and differs between the parts', () => {
  const model = gpt2({ ...config, dropout: 0.5 })
  const params = model.init(key(1))
  const loss = (seed: number, accumulate = 1): number =>
    lossAndGradients(model, params, batch, { accumulate, key: key(seed) }).loss.dataSync()[0]!
  expect(loss(1)).toBe(loss(1))
  expect(loss(1)).not.toBe(loss(2))
  const twice = {
    ...batch,
    inputs: twoOf(batch.inputs),
    targets: twoOf(batch.targets),
    batchSize: 2,
  }
  const one = {
    ...twice,
    inputs: twice.inputs.slice(6),
    targets: twice.targets.slice(6),
    batchSize: 1,
  }
  const both = lossAndGradients(model, params, twice, { accumulate: 2, key: key(1) }).loss
  const single = lossAndGradients(model, params, one, { key: key(1) }).loss
  expect(both.dataSync()[0]).not.toBeCloseTo(single.dataSync()[0]!, 6)
})

test('leaves the loss and one gradient per parameter', () => {
  const model = gpt2(config)
  const params = model.init(key(1))
  for (const accumulate of [1, 3]) {
    const before = tf.memory().numTensors
    const { loss, gradients } = lossAndGradients(model, params, batch, { accumulate, key: key(0) })
    expect(tf.memory().numTensors).toBe(before + 1 + Object.keys(params).length)
    tf.dispose([loss, gradients])
  }
})

test('refuses parts that do not divide the batch, and parameters that play no part', () => {
  const model = gpt2(config)
  const params = model.init(key(1))
  const options = { key: key(0) }
  expect(() => lossAndGradients(model, params, batch, { ...options, accumulate: 4 })).toThrow(
    'divide the batch of 6',
  )
  const more = { ...params, idle: tf.variable(tf.scalar(1)) }
  expect(() => lossAndGradients(model, more, batch, options)).toThrow('depend on idle')
})

test('step after step gives the bits of each batch alone, with and without dropout', async () => {
  for (const [dropout, accumulate, compute] of [
    [0, 1, 'float32'],
    [0, 2, 'bfloat16'],
    [0.5, 2, 'float32'],
  ] as const) {
    const model = gpt2({ ...config, dropout })
    const params = model.init(key(1))
    const settings = { accumulate, compute }
    const steps = new GradientSteps(model, params, settings)
    for (let step = 0; step < 4; step++) {
      const options = { step, batchSize: 6, sequenceLength: 6, seed: 1 }
      const next = randomBatch(tokens, options)
      const found = await steps.next(next, key(step))
      const alone = lossAndGradients(model, params, next, { ...settings, key: key(step) })
      expect(found.loss).toBe(alone.loss.dataSync()[0])
      for (const [name, gradient] of Object.entries(alone.gradients)) {
        expect(found.gradients[name]!.dataSync(), name).toEqual(gradient.dataSync())
        params[name]!.assign(tf.sub(params[name]!, gradient))
      }
      tf.dispose([found.gradients, alone.loss, alone.gradients])
    }
    steps.dispose()
  }
})

/** The first sequence, twice. */
function twoOf(ids: Int32Array): Int32Array {
  return Int32Array.of(...ids.slice(0, 6), ...ids.slice(0, 6))
}
