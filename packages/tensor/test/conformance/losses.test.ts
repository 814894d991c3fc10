import { describe, expect, it } from 'vitest'
import { checkpoint, crossEntropy, key, linearCrossEntropy, normal, tf } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
import * as double from './double.js'

onEveryBackend('losses', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of [...crossEntropyCases(), ...linearCases()])
      it(item.name, () => checkCase(item))
  })

  it('crossEntropy: positions with the ignored target do not count', async () => {
    const targets = [2, -100, 0, -100, 4]
    const logits = normal(key(6), [5, 5])
    const ids = tf.tensor1d(targets, 'int32')
    const options = { ignoreIndex: -100 }
    const loss = crossEntropy(logits, ids, options)
    const expected = double.crossEntropy(await doubles(logits), targets, 5, options)
    expectClose(await doubles(loss), [expected], 1e-6, 'loss')
    const gradient = tf.grad((x: tf.Tensor) => crossEntropy(x, ids, options))(logits)
    const rows = await gradient.abs().sum(1).array()
    expect(rows).toEqual([expect.any(Number), 0, expect.any(Number), 0, expect.any(Number)])
    const all = tf.fill([5], -100, 'int32')
    expect(await doubles(crossEntropy(logits, all, options))).toEqual([0])
    const none = tf.grad((x: tf.Tensor) => crossEntropy(x, all, options))(logits)
    expect(new Set(await doubles(none))).toEqual(new Set([0]))
  })

  it('linearCrossEntropy is crossEntropy of the product, with a gradient and without', async () => {
    const [x, weight] = [normal(key(7), [4, 9, 6]), normal(key(8), [31, 6])]
    const targets = tf.tensor2d(
      Array.from({ length: 36 }, (_, i) => i % 31),
      [4, 9],
      'int32',
    )
    const options = { zLoss: 1e-3, ignoreIndex: 5 }
    const ours = (h: tf.Tensor, w: tf.Tensor) => linearCrossEntropy(h, w, targets, options)
    const theirs = (h: tf.Tensor, w: tf.Tensor) => {
      const logits = tf.matMul(tf.reshape(h, [36, 6]), w, false, true)
      return crossEntropy(logits, tf.reshape(targets, [36]), options)
    }
    const found = tf.valueAndGrads(ours)([x, weight])
    const expected = tf.valueAndGrads(theirs)([x, weight])
    expectClose(await doubles(ours(x, weight)), await doubles(theirs(x, weight)), 1e-6, 'alone')
    expectClose(await doubles(found.value), await doubles(expected.value), 1e-6, 'value')
    for (const [i, gradient] of found.grads.entries()) {
      const other = await doubles(given(expected.grads[i]))
      expectClose(await doubles(gradient), other, 1e-6, `gradient ${i}`)
    }
    // The gradient of a part of a loss.
    const half = tf.grads((h: tf.Tensor, w: tf.Tensor) => tf.mul(ours(h, w), 0.5))([x, weight])
    const twice = (await doubles(given(half[1]))).map((v) => 2 * v)
    expectClose(twice, await doubles(given(found.grads[1])), 1e-6, 'half')
  })

  it('linearCrossEntropy that is computed again in the backward pass has the same gradients', async () => {
    const inputs = [normal(key(1), [6, 4]), normal(key(2), [5, 4])]
    const targets = tf.tensor1d([0, 1, 2, 3, 4, 0], 'int32')
    const loss = (...[x, weight]: tf.Tensor[]): tf.Tensor =>
      linearCrossEntropy(tf.tanh(given(x)), given(weight), targets)
    const plain = tf.grads(loss)(inputs)
    const again = tf.grads((...x: tf.Tensor[]) => checkpoint(loss, x))(inputs)
    for (const [i, gradient] of again.entries()) {
      expect(await doubles(gradient)).toEqual(await doubles(given(plain[i])))
    }
  })

  it('linearCrossEntropy of positions that do not count is 0, as are its gradients', async () => {
    const none = tf.fill([5], -100, 'int32')
    const { value, grads } = tf.valueAndGrads((h: tf.Tensor, w: tf.Tensor) =>
      linearCrossEntropy(h, w, none, { ignoreIndex: -100 }),
    )([normal(key(1), [5, 3]), normal(key(2), [7, 3])])
    expect(await doubles(value)).toEqual([0])
    for (const gradient of grads) {
      expect(new Set(await doubles(tf.abs(gradient)))).toEqual(new Set([0]))
    }
  })

  it('linearCrossEntropy keeps a NaN to its own position, and passes over one that does not count', async () => {
    const values = await doubles(normal(key(3), [4, 3]))
    values[3] = Number.NaN
    const [x, weight] = [tf.tensor2d(values, [4, 3]), normal(key(4), [5, 3])]
    const gradientOf = (targets: number[]) =>
      tf.valueAndGrads((h: tf.Tensor) =>
        linearCrossEntropy(h, weight, tf.tensor1d(targets, 'int32'), { ignoreIndex: -100 }),
      )([x])
    const all = gradientOf([0, 1, 2, 3])
    expect(await doubles(all.value)).toEqual([Number.NaN])
    const places = (await doubles(given(all.grads[0]))).map((v) => Number.isNaN(v))
    expect(places).toEqual(Array.from({ length: 12 }, (_, i) => i >= 3 && i < 6))
    const without = gradientOf([0, -100, 2, 3])
    expect((await doubles(without.value)).every(Number.isFinite)).toBe(true)
  })
})

function crossEntropyCases(): Case[] {
  return [[1, 1], [3, 5, 7], [2, 101], [0, 3], [5]].flatMap((shape) => {
    const vocabulary = shape[shape.length - 1] ?? 1
    const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1)
    const targets = Array.from({ length: rows }, (_, i) => (i * 7 + 3) % vocabulary)
    return [undefined, 0.1].map((zLoss) => ({
      name: `crossEntropy [${shape}]${zLoss === undefined ? '' : ' with z-loss'}`,
      shapes: [shape],
      op: ([x]: tf.Tensor[]) => {
        const ids = tf.tensor(targets, shape.slice(0, -1), 'int32')
        return crossEntropy(given(x), ids, zLoss === undefined ? {} : { zLoss })
      },
      twin: ([x]: double.Doubles[]) => [
        double.crossEntropy(given(x), targets, vocabulary, zLoss === undefined ? {} : { zLoss }),
      ],
    }))
  })
}

function linearCases(): Case[] {
  const sizes: [number[], number, number][] = [
    [[1], 1, 1],
    [[3, 5], 7, 11],
    [[61], 13, 67],
    [[0], 4, 3],
    [[], 5, 9],
    [[2], 3, 1031],
  ]
  const options = [{}, { zLoss: 0.1, scale: 0.4 }, { ignoreIndex: 2 }, { ignoreIndex: -100 }]
  return sizes.flatMap(([shape, width, vocabulary]) =>
    options.map((option) => {
      const rows = shape.reduce((product, size) => product * size, 1)
      const targets = Array.from({ length: rows }, (_, i) =>
        option.ignoreIndex === -100 && i % 3 === 0 ? -100 : (i * 7 + 2) % vocabulary,
      )
      return {
        name: `linearCrossEntropy [${[...shape, width]}] x [${vocabulary}] ${JSON.stringify(option)}`,
        shapes: [
          [...shape, width],
          [vocabulary, width],
        ],
        op: ([x, weight]) =>
          linearCrossEntropy(given(x), given(weight), tf.tensor(targets, shape, 'int32'), option),
        twin: ([x, weight]) => [
          double.linearCrossEntropy(given(x), given(weight), targets, width, option),
        ],
      }
    }),
  )
}
