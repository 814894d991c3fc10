import { describe, expect, it } from 'vitest'
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
  normal,
  tf,
  uniform,
} from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose } from './check.js'
import * as double from './double.js'
import { at } from './double.js'

onEveryBackend('ops', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of cases()) it(item.name, () => checkCase(item))
  })

  it('adamMoments', async () => {
    for (const shape of [[1], [7, 13], [0], [3001]]) {
      const [g, m] = [normal(key(1), shape), normal(key(2), shape)]
      const v = uniform(key(3), shape)
      const options = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, step: 3 }
      const found = adamMoments(g, m, v, options)
      const twin = double.adamMoments(await doubles(g), await doubles(m), await doubles(v), options)
      expectClose(await doubles(found.update), twin.update, 2e-5, 'update')
      expectClose(await doubles(found.m), twin.m, 2e-6, 'm')
      expectClose(await doubles(found.v), twin.v, 2e-6, 'v')
    }
  })

  it('dropout: the same key drops the same elements, forward and backward', async () => {
    const x = normal(key(4), [7, 1031])
    const numbers = await doubles(uniform(key(5), [7, 1031]))
    const kept = numbers.map((number) => (number < Math.fround(0.3) ? 0 : 1 / 0.7))
    const values = await doubles(x)
    const expected = values.map((value, i) => value * at(kept, i))
    expectClose(await doubles(dropout(x, 0.3, key(5))), expected, 1e-6, 'value')
    const gradient = tf.grad((given: tf.Tensor) => dropout(given, 0.3, key(5)))(x)
    expectClose(await doubles(gradient), kept, 1e-6, 'gradient')
    expect(kept.filter((factor) => factor === 0).length / kept.length).toBeCloseTo(0.3, 1)
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

function cases(): Case[] {
  return [
    ...linearCases(),
    ...embeddingCases(),
    ...layerNormCases(),
    ...geluCases(),
    ...attentionCases(),
    ...crossEntropyCases(),
    ...updateCases(),
  ]
}

function linearCases(): Case[] {
  const shapes: [number[], number][] = [
    [[1, 1], 1],
    [[3, 5, 7], 11],
    [[13], 3],
    [[0, 5], 3],
    [[2, 3], 1],
    [[97, 31], 67],
  ]
  return shapes.flatMap(([shape, n]) =>
    [true, false].map((bias) => {
      const k = shape[shape.length - 1] ?? 1
      return {
        name: `linear [${shape}] x [${k},${n}]${bias ? ' + bias' : ''}`,
        shapes: bias ? [shape, [k, n], [n]] : [shape, [k, n]],
        op: ([x, w, b]) => linear(given(x), given(w), b),
        twin: ([x, w, b]) => double.linear(given(x), given(w), b, n),
      }
    }),
  )
}

function embeddingCases(): Case[] {
  const cases: [number, number, number[], number[]][] = [
    [1, 1, [0], [1]],
    [11, 5, [3, 3, 10, 0, 3, 7], [2, 3]],
    [7, 13, [], [0]],
    [5, 3, [4], []],
  ]
  return cases.map(([vocabulary, width, ids, shape]) => ({
    name: `embedding [${vocabulary},${width}] by [${ids}] of shape [${shape}]`,
    shapes: [[vocabulary, width]],
    op: ([table]) => embedding(given(table), tf.tensor(ids, shape, 'int32')),
    twin: ([table]) => double.embedding(given(table), ids, width),
  }))
}

function layerNormCases(): Case[] {
  return [[1, 1], [2, 3, 7], [131], [5, 64], [0, 4]].map((shape) => {
    const width = shape[shape.length - 1] ?? 1
    return {
      name: `layerNorm [${shape}]`,
      shapes: [shape, [width], [width]],
      op: ([x, g, b]) => layerNorm(given(x), given(g), given(b), { epsilon: 1e-2 }),
      twin: ([x, g, b]) => double.layerNorm(given(x), given(g), given(b), 1e-2),
    }
  })
}

function geluCases(): Case[] {
  return (['tanh', 'none'] as const).flatMap((approximate) =>
    [[1], [3, 37], [0], [2, 2, 1009]].map((shape) => ({
      name: `gelu ${approximate} [${shape}]`,
      shapes: [shape],
      op: ([x]: tf.Tensor[]) => gelu(tf.mul(given(x), 3), { approximate }),
      twin: ([x]: double.Doubles[]) =>
        double.gelu(
          given(x).map((v) => v * 3),
          approximate,
        ),
    })),
  )
}

function attentionCases(): Case[] {
  const shapes = [
    { batch: 1, queries: 1, keys: 1, nHeads: 1, size: 1 },
    { batch: 2, queries: 5, keys: 5, nHeads: 3, size: 7 },
    { batch: 1, queries: 3, keys: 11, nHeads: 2, size: 4 },
    { batch: 1, queries: 67, keys: 67, nHeads: 1, size: 5 },
    { batch: 0, queries: 3, keys: 3, nHeads: 1, size: 2 },
  ]
  return shapes.flatMap((shape) =>
    [true, false].map((causal) => {
      const { batch, queries, keys, nHeads, size } = shape
      const width = nHeads * size
      return {
        name: `attention ${causal ? 'causal' : 'full'} [${batch},${queries}|${keys},${nHeads}x${size}]`,
        shapes: [
          [batch, queries, width],
          [batch, keys, width],
          [batch, keys, width],
        ],
        op: ([q, k, v]) => attention(given(q), given(k), given(v), { nHeads, causal }),
        twin: ([q, k, v]) => double.attention(given(q), given(k), given(v), { ...shape, causal }),
      }
    }),
  )
}

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

function updateCases(): Case[] {
  const shapes = [[1], [3, 5], [0], [10007]]
  return [
    ...shapes.map((shape) => ({
      name: `addScaled [${shape}]`,
      shapes: [shape, shape],
      op: ([x, y]: tf.Tensor[]) => addScaled(given(x), given(y), -0.3),
      twin: ([x, y]: double.Doubles[]) => given(x).map((v, i) => v - 0.3 * at(given(y), i)),
    })),
    {
      name: 'globalNorm',
      shapes: [[3], [2, 5], [], [0], [5003]],
      op: globalNorm,
      twin: (tensors) => [double.globalNorm(tensors)],
    },
  ]
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('expected an input')
  return value
}
