import { describe, it } from 'vitest'
import {
  adamMoments,
  addScaled,
  attention,
  globalNorm,
  key,
  linear,
  normal,
  type tf,
  uniform,
} from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
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
})

function cases(): Case[] {
  return [...linearCases(), ...attentionCases(), ...updateCases()]
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
