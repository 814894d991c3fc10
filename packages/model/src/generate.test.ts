import { fold, key, type Parameters, tf, uniform } from '@llm/tensor'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choose, type GenerateOptions, generate } from './generate.js'
import { gpt2 } from './gpt2.js'
import type { Model } from './model.js'

const model = gpt2({ vocabularySize: 13, contextLength: 6, width: 8, nLayers: 1, nHeads: 2 })
const params = model.init(key(4))
for (const variable of Object.values(params)) tf.tidy(() => variable.assign(tf.mul(variable, 20)))

async function ids(prompt: number[], options: GenerateOptions): Promise<number[]> {
  const out: number[] = []
  for await (const id of generate(model, params, prompt, options)) out.push(id)
  return out
}

test('temperature 0 takes the likeliest token each time, over the last contextLength tokens', async () => {
  const text = [1, 2, 3]
  for (let i = 0; i < 10; i++) {
    const window = text.slice(-6)
    text.push(
      tf.tidy(() => {
        const logits = model.forward(params, tf.tensor2d(window, [1, window.length], 'int32'))
        const last = tf.slice(tf.reshape(logits, [-1, 13]), [window.length - 1, 0])
        return tf.argMax(last, 1).dataSync()[0]!
      }),
    )
  }
  expect(await ids([1, 2, 3], { maxTokens: 10, temperature: 0 })).toEqual(text.slice(3))
  expect(await ids([1, 2, 3], { maxTokens: 10, topK: 1 })).toEqual(text.slice(3))
})

test('a text can be continued: what comes depends on the seed, the position and the text so far', async () => {
  const whole = await ids([1, 2], { maxTokens: 12, seed: 7 })
  expect(await ids([1, 2], { maxTokens: 12, seed: 7 })).toEqual(whole)
  expect(await ids([1, 2, ...whole.slice(0, 5)], { maxTokens: 7, seed: 7 })).toEqual(whole.slice(5))
  expect(await ids([1, 2], { maxTokens: 12, seed: 8 })).not.toEqual(whole)
})

test('keys and values that are kept change nothing, before and after the context is full', async () => {
  const { createCache, ...plain } = model
  expect(createCache?.()).toHaveLength(1)
  for (const seed of [1, 2, 3]) {
    const whole: number[] = []
    for await (const id of generate(plain, params, [1, 2], { maxTokens: 12, seed })) whole.push(id)
    expect(await ids([1, 2], { maxTokens: 12, seed })).toEqual(whole)
  }
})

test('with a cache each token costs one position, until the context is full', async () => {
  const seen: number[] = []
  const counting: Model = {
    ...model,
    forward: (given, tokens, options) => {
      seen.push(tokens.shape[1] ?? 0)
      return model.forward(given, tokens, options)
    },
  }
  for await (const id of generate(counting, params, [1, 2, 3], { maxTokens: 6 })) void id
  expect(seen).toEqual([3, 1, 1, 1, 6, 6])
})

test('a stop id ends the text and is not part of it', async () => {
  const whole = await ids([1, 2], { maxTokens: 12, seed: 7 })
  const stop = whole[6]!
  const until = whole.slice(0, whole.indexOf(stop))
  expect(await ids([1, 2], { maxTokens: 12, seed: 7, stop: [stop] })).toEqual(until)
})

test('each token is drawn from the softmax of the logits', async () => {
  const fixed = Float32Array.of(0.5, 2, -1, 1)
  const flat: Model = {
    ...model,
    config: { vocabularySize: 4, contextLength: 8 },
    forward: () => tf.tensor3d(fixed, [1, 1, 4]),
  }
  const none: Parameters = {}
  const counts = [0, 0, 0, 0]
  for await (const id of generate(flat, none, [0], { maxTokens: 4000, temperature: 2 })) {
    counts[id] = counts[id]! + 1
  }
  const weights = Array.from(fixed, (logit) => Math.exp(logit / 2))
  const sum = weights.reduce((a, b) => a + b)
  // Four standard deviations of a count of 4,000 draws are at most 0.032.
  for (const [id, weight] of weights.entries()) {
    expect(Math.abs(counts[id]! / 4000 - weight / sum)).toBeLessThan(0.032)
  }
})

test('choose inverts the distribution of the topK likeliest, as a plain loop over sorted tokens does', () => {
  const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), {
    minLength: 1,
    maxLength: 30,
  })
  const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const options = fc.record({
    temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
    topK: fc.integer({ min: 1, max: 40 }),
    u: draw,
  })
  fc.assert(
    fc.property(logits, options, (values, { temperature, topK, u }) => {
      const id = choose(values, { temperature, topK, u })
      const sorted = [...values].sort((a, b) => b - a)
      expect(values[id]).toBeGreaterThanOrEqual(sorted[Math.min(topK, values.length) - 1]!)
      const allowed = values.map((value) => value >= sorted[Math.min(topK, values.length) - 1]!)
      const weights = values.map((value, i) =>
        allowed[i] ? Math.exp((value - sorted[0]!) / temperature) : 0,
      )
      const total = weights.reduce((a, b) => a + b)
      const below = weights.slice(0, id).reduce((a, b) => a + b, 0) / total
      const upTo = below + weights[id]! / total
      expect(u).toBeGreaterThanOrEqual(below - 1e-9)
      expect(u).toBeLessThanOrEqual(upTo + 1e-9)
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('draws at neighbouring positions are unrelated', () => {
  const at = (position: number): number =>
    uniform(fold(fold(key(0), 'generate'), position), [1]).dataSync()[0]!
  const values = Array.from({ length: 500 }, (_, i) => at(i))
  const mean = values.reduce((a, b) => a + b) / 500
  const lag = values.slice(1).reduce((sum, x, i) => sum + (x - mean) * (values[i]! - mean), 0) / 499
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.06)
  expect(Math.abs(lag)).toBeLessThan(0.02)
})

test('leaves no tensors behind, even when the loop is left early', async () => {
  const before = tf.memory().numTensors
  await ids([1], { maxTokens: 5 })
  for await (const id of generate(model, params, [1], { maxTokens: 50 })) if (id >= 0) break
  expect(tf.memory().numTensors).toBe(before)
})

test.each([
  [[], {}, 'prompt of one token'],
  [[13], {}, 'ids from 0 to 12, got 13'],
  [[1.5], {}, 'ids from 0 to 12'],
  [[1], { maxTokens: Number.NaN }, 'maxTokens'],
  [[1], { temperature: -1 }, 'temperature'],
  [[1], { topK: 0 }, 'topK'],
])('refuses the prompt %j with %j', async (prompt, options, message) => {
  await expect(ids(prompt, { maxTokens: 1, ...options })).rejects.toThrow(message)
})

test('says when the weights give no numbers', () => {
  const options = { temperature: 1, topK: 2, u: 0.5 }
  expect(() => choose([Number.NaN, 1], options)).toThrow('expected finite logits')
  expect(() => choose([Number.POSITIVE_INFINITY, 1], options)).toThrow('expected finite logits')
  expect(choose([Number.NEGATIVE_INFINITY, 1], options)).toBe(1)
})
