import { describe, expect, it } from 'vitest'
import { crossEntropy, key, normal, tf } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
import * as double from './double.js'

onEveryBackend('losses', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of crossEntropyCases()) it(item.name, () => checkCase(item))
  })

  it('crossEntropy: positions with the ignored target do not count', async () => {
    const targets = [2, -100, 0, -100, 4]
    const logits = normal(key(6), [5, 5])
    const ids = tf.tensor1d(targets, 'int32')
    const options = { ignoreIndex: -100 }
    const loss = crossEntropy(logits, ids, options)
    const expected = double.crossEntropy(await doubles(logits), targets, 5, -100)
    expectClose(await doubles(loss), [expected], 1e-6, 'loss')
    const gradient = tf.grad((x: tf.Tensor) => crossEntropy(x, ids, options))(logits)
    const rows = await gradient.abs().sum(1).array()
    expect(rows).toEqual([expect.any(Number), 0, expect.any(Number), 0, expect.any(Number)])
    const all = tf.fill([5], -100, 'int32')
    expect(await doubles(crossEntropy(logits, all, options))).toEqual([0])
    const none = tf.grad((x: tf.Tensor) => crossEntropy(x, all, options))(logits)
    expect(new Set(await doubles(none))).toEqual(new Set([0]))
  })
})

function crossEntropyCases(): Case[] {
  return [[1, 1], [3, 5, 7], [2, 101], [0, 3], [5]].map((shape) => {
    const vocabulary = shape[shape.length - 1] ?? 1
    const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1)
    const targets = Array.from({ length: rows }, (_, i) => (i * 7 + 3) % vocabulary)
    return {
      name: `crossEntropy [${shape}]`,
      shapes: [shape],
      op: ([x]) => crossEntropy(given(x), tf.tensor(targets, shape.slice(0, -1), 'int32')),
      twin: ([x]) => [double.crossEntropy(given(x), targets, vocabulary)],
    }
  })
}
