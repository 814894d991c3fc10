import { crossEntropy, type Key, key, type Parameters, tf } from '@llm/tensor'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Gpt2Config, gpt2 } from './gpt2.js'
import { gpt2Large, gpt2Medium, gpt2Small, gpt2Xl } from './presets.js'

const tiny: Gpt2Config = { vocabularySize: 11, contextLength: 8, width: 8, nLayers: 2, nHeads: 2 }

test.each([
  [gpt2Small, 124_439_808],
  [gpt2Medium, 354_823_168],
  [gpt2Large, 774_030_080],
  [gpt2Xl, 1_557_611_200],
])('a released size has the number of parameters of the release', (config, count) => {
  const model = gpt2(config)
  expect(model.parameterCount()).toBe(count)
  const sizes = Object.values(model.parameterShapes()).map((shape) => shape.reduce((a, b) => a * b))
  expect(sizes.reduce((a, b) => a + b)).toBe(count)
})

test('the count by formula is the number of weights that init makes', () => {
  const size = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(
      size,
      size,
      size,
      size,
      fc.integer({ min: 1, max: 3 }),
      (V, T, d, nHeads, nLayers) => {
        const config = { vocabularySize: V, contextLength: T, width: d * nHeads, nLayers, nHeads }
        const model = gpt2(config)
        const params = model.init(key(1))
        const sizes = Object.values(params).map(({ size }) => size)
        expect(sizes.reduce((a, b) => a + b)).toBe(model.parameterCount())
        tf.dispose(params)
      },
    ),
    { numRuns: 20, seed: 1 },
  )
})

test('init depends on the key and the name of a parameter, not on the rest of the model', () => {
  const values = (config: Gpt2Config, seed: number, name: string): number[] => {
    const params = gpt2(config).init(key(seed))
    const data = [...params[name]!.dataSync()]
    tf.dispose(params)
    return data
  }
  const name = 'h.0.attn.c_attn.weight'
  expect(values(tiny, 1, name)).toEqual(values(tiny, 1, name))
  expect(values(tiny, 1, name)).toEqual(
    values({ ...tiny, nLayers: 1, vocabularySize: 50 }, 1, name),
  )
  expect(values(tiny, 1, name)).not.toEqual(values(tiny, 2, name))
  expect(values(tiny, 1, name)).not.toEqual(values(tiny, 1, 'h.1.attn.c_attn.weight'))
})

test('weights start with deviation 0.02, those into the residual stream smaller, gains 1, biases 0', () => {
  const params = gpt2({ ...tiny, width: 64, nLayers: 8 }).init(key(3))
  const deviation = (name: string): number =>
    Math.sqrt(tf.mean(tf.square(params[name]!)).dataSync()[0]!)
  expect(deviation('h.7.attn.c_attn.weight')).toBeCloseTo(0.02, 3)
  expect(deviation('h.7.mlp.c_fc.weight')).toBeCloseTo(0.02, 3)
  expect(deviation('h.0.attn.c_proj.weight')).toBeCloseTo(0.02 / 4, 3) // sqrt(2 * 8) = 4
  expect(deviation('h.3.mlp.c_proj.weight')).toBeCloseTo(0.02 / 4, 3)
  expect(deviation('ln_f.weight')).toBe(1)
  expect(deviation('h.0.mlp.c_fc.bias')).toBe(0)
  tf.dispose(params)
})

test('a fresh model finds every token about as likely: loss ln V', () => {
  const config = { vocabularySize: 500, contextLength: 32, width: 64, nLayers: 2, nHeads: 4 }
  const model = gpt2(config)
  const params = model.init(key(1))
  const ids = Array.from({ length: 64 }, (_, i) => (i * 37) % 500)
  const targets = ids.map((id) => (id * 11 + 3) % 500)
  const loss = tf.tidy(() => {
    const logits = model.forward(params, tf.tensor2d(ids, [2, 32], 'int32'))
    return crossEntropy(logits, tf.tensor2d(targets, [2, 32], 'int32')).dataSync()[0]!
  })
  expect(Math.abs(loss - Math.log(500))).toBeLessThan(0.05)
  tf.dispose(params)
})

test('a position sees itself and what stands before it, nothing after, nothing of other rows', () => {
  const { model, params } = large(tiny)
  const logits = (rows: number[][]): Float32Array[] =>
    tf.tidy(() => {
      const all = model.forward(params, tf.tensor2d(rows, [rows.length, rows[0]!.length], 'int32'))
      return tf.unstack(tf.reshape(all, [-1, 11])).map((row) => Float32Array.from(row.dataSync()))
    })
  const base = logits([[1, 2, 3, 4, 5]])
  const changed = logits([[1, 2, 3, 9, 9]])
  expect(changed.slice(0, 3)).toEqual(base.slice(0, 3))
  expect(changed[3]).not.toEqual(base[3])
  const batch = logits([
    [7, 7, 7, 7, 7],
    [1, 2, 3, 4, 5],
  ])
  for (const [i, row] of base.entries()) expectClose(batch[5 + i]!, row)
  // Same tokens in another order before the last one: positions count.
  expect(logits([[2, 1, 3, 4, 5]])[4]).not.toEqual(base[4])
})

test('lastOnly gives the last position of the whole', () => {
  const { model, params } = large(tiny)
  const tokens = tf.tensor2d(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [2, 3],
    'int32',
  )
  const last = model.forward(params, tokens, { lastOnly: true })
  expect(last.shape).toEqual([2, 1, 11])
  expectClose(last.dataSync(), tf.slice(model.forward(params, tokens), [0, 2, 0]).dataSync())
})

test('dropout is on in training alone, and decided by the key', () => {
  const { model, params } = large({ ...tiny, dropout: 0.5 })
  const tokens = tf.tensor2d([[1, 2, 3]], [1, 3], 'int32')
  const logits = (options: { training?: boolean; key?: Key }): number[] => [
    ...tf.tidy(() => model.forward(params, tokens, options)).dataSync(),
  ]
  expect(logits({ key: key(1) })).toEqual(logits({}))
  expect(logits({ training: true, key: key(1) })).toEqual(logits({ training: true, key: key(1) }))
  expect(logits({ training: true, key: key(1) })).not.toEqual(
    logits({ training: true, key: key(2) }),
  )
  expect(logits({ training: true, key: key(1) })).not.toEqual(logits({}))
  expect(() => logits({ training: true })).toThrow('gpt2: expected a key')
})

test('forward leaves its result and nothing else', () => {
  const { model, params } = large(tiny)
  const tokens = tf.tensor2d([[1, 2, 3]], [1, 3], 'int32')
  const before = tf.memory().numTensors
  const logits = model.forward(params, tokens)
  expect(tf.memory().numTensors).toBe(before + 1)
  logits.dispose()
})

test.each([
  [{ width: 9 }, 'width that 2 heads divide'],
  [{ nLayers: 0 }, 'nLayers'],
  [{ vocabularySize: 1.5 }, 'vocabularySize'],
  [{ contextLength: Number.NaN }, 'contextLength'],
  [{ dropout: 1 }, 'dropout'],
  [{ epsilon: 0 }, 'epsilon'],
])('refuses the config %j', (change, message) => {
  expect(() => gpt2({ ...tiny, ...change })).toThrow(message)
})

test('refuses tokens that it cannot take', () => {
  const { model, params } = large(tiny)
  const bad = [
    tf.tensor1d([1, 2], 'int32'),
    tf.tensor2d([[1, 2]], [1, 2], 'float32'),
    tf.zeros([1, 9], 'int32'),
    tf.zeros([1, 0], 'int32'),
  ]
  for (const tokens of bad)
    expect(() => model.forward(params, tokens)).toThrow('gpt2: expected int32 tokens')
  const { 'ln_f.bias': _, ...rest } = params
  expect(() => model.forward(rest, tf.zeros([1, 2], 'int32'))).toThrow('none named ln_f.bias')
})

/** A model whose weights are large enough to tell inputs apart. */
function large(config: Gpt2Config): { model: ReturnType<typeof gpt2>; params: Parameters } {
  const model = gpt2(config)
  const params = model.init(key(5))
  for (const variable of Object.values(params)) tf.tidy(() => variable.assign(tf.mul(variable, 20)))
  return { model, params }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < actual.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 4)
}

test('in pieces through a cache the logits are those of the whole', async () => {
  const config = { vocabularySize: 11, contextLength: 9, width: 12, nLayers: 2, nHeads: 3 }
  const model = gpt2(config)
  const params = model.init(key(3))
  const ids = [3, 1, 4, 1, 5, 9, 2, 6, 5]
  const whole = await model.forward(params, tf.tensor2d([ids], [1, 9], 'int32')).array()
  const cache = model.createCache?.() ?? []
  for (const [start, end] of [
    [0, 4],
    [4, 5],
    [5, 9],
  ] as const) {
    const tokens = tf.tensor2d([ids.slice(start, end)], [1, end - start], 'int32')
    const piece = model.forward(params, tokens, { cache })
    const expected = tf.slice(tf.tensor(whole, [1, 9, 11]), [0, start, 0], [1, end - start, 11])
    const error = tf.max(tf.abs(tf.sub(piece, expected)))
    expect((await error.data())[0]).toBeLessThan(1e-5)
  }
  const more = tf.tensor2d([[1]], [1, 1], 'int32')
  expect(() => model.forward(params, more, { cache })).toThrow('at most 0 tokens more')
  expect(() => model.forward(params, more, { cache: cache.slice(1) })).toThrow('of 2 layers')
})
