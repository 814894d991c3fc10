import { expect, it } from 'vitest'
import {
  adamMoments,
  addScaled,
  attention,
  crossEntropy,
  dropout,
  embedding,
  gelu,
  globalNorm,
  key,
  layerNorm,
  linear,
  linearCrossEntropy,
  normal,
  rmsNorm,
  swiglu,
  tf,
} from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { doubles, expectClose } from './check.js'
import * as double from './double.js'

onEveryBackend('limits', () => {
  it('NaN and infinities come out where double precision has them', async () => {
    const x = [1, Number.NaN, 2, Infinity, 3, 4, -Infinity, 0.5, 5, 6, 7, 8]
    const tensor = tf.tensor2d(x, [4, 3])
    const [gain, bias] = [
      [1, 2, 3],
      [0, 1, 2],
    ]
    const norm = layerNorm(tensor, tf.tensor1d(gain), tf.tensor1d(bias))
    expectClose(await doubles(norm), double.layerNorm(x, gain, bias, 1e-5), 1e-5, 'layerNorm')
    const plain = layerNorm(tensor, tf.tensor1d(gain))
    const unbiased = double.layerNorm(x, gain, undefined, 1e-5)
    expectClose(await doubles(plain), unbiased, 1e-5, 'layerNorm without bias')
    const rms = await doubles(rmsNorm(tensor, tf.tensor1d(gain)))
    expectClose(rms, double.rmsNorm(x, gain, 1e-6), 1e-5, 'rmsNorm')
    const gated = await doubles(swiglu(tensor, tensor))
    expectClose(gated, double.swiglu(x, x), 1e-5, 'swiglu')
    const weight = [1, -1, 2, 3, -2, 0.5]
    const product = linear(tensor, tf.tensor2d(weight, [3, 2]))
    expectClose(await doubles(product), double.linear(x, weight, undefined, 2), 1e-5, 'linear')
    for (const approximate of ['tanh', 'none'] as const) {
      const y = await doubles(gelu(tensor, { approximate }))
      expectClose(y, double.gelu(x, approximate), 1e-5, `gelu ${approximate}`)
    }
    const loss = (rows: number[]) =>
      crossEntropy(tf.tensor2d(rows, [1, 3]), tf.tensor1d([0], 'int32'))
    expect(await doubles(loss([1, Number.NaN, 2]))).toEqual([Number.NaN])
    expect(await doubles(loss([1, -Infinity, -Infinity]))).toEqual([0])
    expect(await doubles(globalNorm([tf.scalar(Infinity)]))).toEqual([Infinity])
    expect(await doubles(globalNorm([tensor]))).toEqual([Number.NaN])
  })

  it('a NaN in one sequence stays in it', async () => {
    const values = await doubles(normal(key(1), [2, 3, 4]))
    values[5] = Number.NaN
    const q = tf.tensor(values, [2, 3, 4])
    const other = normal(key(2), [2, 3, 4])
    const y = await doubles(attention(q, other, other, { nHeads: 2 }))
    expect(y.map((v) => Number.isNaN(v))).toEqual(
      Array.from({ length: 24 }, (_, i) => i >= 4 && i < 6),
    )
  })

  it('large logits neither overflow nor lose their differences', async () => {
    const logits = tf.tensor2d([1e4, 1e4 - 1, -1e4], [1, 3])
    const loss = await doubles(crossEntropy(logits, tf.tensor1d([1], 'int32')))
    expectClose(loss, [1 + Math.log(1 + Math.exp(-1))], 1e-3, 'loss')
  })

  it('keeps nothing over many steps', async () => {
    const x = tf.keep(normal(key(1), [2, 5, 8]))
    const ids = tf.keep(tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 0, 1, 2], [2, 5], 'int32'))
    const weight = tf.variable(normal(key(2), [8, 8]))
    const table = tf.variable(normal(key(3), [8, 8]))
    const gain = tf.variable(tf.ones([8]))
    let moments = { m: tf.zeros([8, 8]), v: tf.zeros([8, 8]) }
    const step = async (number: number) => {
      const loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => {
          const embedded = embedding(table, ids, { positions: table })
          const input = tf.add(dropout(x, 0.1, key(number)), embedded)
          const normed = rmsNorm(layerNorm(input, gain, tf.zeros([8])), gain)
          const hidden = swiglu(gelu(linear(normed, weight)), layerNorm(input, gain))
          const mixed = attention(hidden, hidden, hidden, { nHeads: 2 })
          const other = crossEntropy(linear(mixed, table), ids, { zLoss: 1e-3 })
          return tf.add(other, linearCrossEntropy(mixed, table, ids))
        })
        const gradient = grads[weight.name]
        if (gradient === undefined) throw new Error('expected a gradient')
        const norm = globalNorm(Object.values(grads))
        const { m, v } = moments
        const options = { beta1: 0.9, beta2: 0.9, epsilon: 1e-8, step: number }
        const next = adamMoments(tf.div(gradient, norm), m, v, options)
        tf.dispose([m, v])
        moments = { m: tf.keep(next.m), v: tf.keep(next.v) }
        weight.assign(addScaled(weight, next.update, -0.1))
        return value
      })
      const [value] = await loss.data()
      loss.dispose()
      return value ?? Number.NaN
    }
    const first = await step(1)
    const before = tf.memory()
    let last = first
    for (let i = 2; i <= 30; i++) last = await step(i)
    const after = tf.memory()
    expect(after.numTensors).toBe(before.numTensors)
    expect(after.numDataBuffers).toBe(before.numDataBuffers)
    expect(after.numBytes).toBe(before.numBytes)
    expect(last).toBeLessThan(first)
  })
})
