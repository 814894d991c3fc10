import { expect, it } from 'vitest'
import { globalNorm, tf } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { doubles, expectClose } from './check.js'

onEveryBackend('many tensors', () => {
  // A shader of WebGPU has no more than eight buffers.
  it.each([1, 7, 8, 13, 14, 50])('%i add up', async (count) => {
    const before = tf.memory().numTensors
    const tensors = Array.from({ length: count }, (_, i) => tf.tensor1d([1, 2 ** (i % 3), -i]))
    const sums = tf.addN(tensors)
    const expected = [0, 1, 2].map((at) =>
      tensors.reduce((sum, _, i) => sum + ([1, 2 ** (i % 3), -i][at] ?? 0), 0),
    )
    expectClose(await doubles(sums), expected, 1e-6, 'sums')
    const norm = globalNorm(tensors)
    const squares = tensors.map((_, i) => 1 + 4 ** (i % 3) + i * i)
    const length = Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
    expectClose(await doubles(norm), [length], 1e-6, 'norm')
    tf.dispose([tensors, sums, norm])
    expect(tf.memory().numTensors).toBe(before)
  })
})

onEveryBackend('nothing', () => {
  it('adds up to 0', async () => {
    const x = tf.zeros([2, 0, 3])
    expect(await doubles(tf.sum(x, [1]))).toEqual([0, 0, 0, 0, 0, 0])
    expect(tf.sum(x, [1], true).shape).toEqual([2, 1, 3])
    expect(await doubles(tf.sum(x))).toEqual([0])
    // What is not a number elsewhere is 0 here, as on the CPU backend of TensorFlow.js.
    expect(await doubles(tf.mean(x, 1))).toEqual([0, 0, 0, 0, 0, 0])
    expect(await doubles(tf.matMul(tf.zeros([3, 0]), tf.zeros([0, 1])))).toEqual([0, 0, 0])
    expect(tf.matMul(tf.zeros([0, 3]), tf.zeros([2, 3]), false, true).shape).toEqual([0, 2])
  })
})
