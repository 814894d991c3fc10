import { describe, expect, it } from 'vitest'
import { attention, key, normal, selfAttention, tf, uniform } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
import type { Doubles } from './double.js'
import * as double from './double-attention.js'

onEveryBackend('attention', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of shapes.flatMap(separate)) it(item.name, () => checkCase(item))
    for (const item of shapes.flatMap(packed)) it(item.name, () => checkCase(item))
    for (const item of cached()) it(item.name, () => checkCase(item))
  })

  it('dropout of weights is decided by the key and their place', async () => {
    const sizes = { batch: 2, queries: 7, keys: 13, nHeads: 4, nKvHeads: 2, size: 3, causal: true }
    const numbers = await doubles(uniform(key(5), [2, 4, 7, 13]))
    const factors = numbers.map((number) => (number < Math.fround(0.3) ? 0 : 1 / 0.7))
    expect(new Set(factors)).toEqual(new Set([0, 1 / 0.7]))
    const options = { nHeads: 4, nKvHeads: 2, dropout: 0.3, key: key(5) }
    await checkCase({
      name: 'dropout',
      shapes: [
        [2, 7, 12],
        [2, 13, 6],
        [2, 13, 6],
      ],
      op: ([q, k, v]) => attention(given(q), given(k), given(v), options),
      twin: ([q, k, v]) => double.attention(given(q), given(k), given(v), { ...sizes, factors }),
    })
  })

  it('of packed inputs is that of separate ones, dropout and window included', async () => {
    const qkv = normal(key(1), [2, 19, (4 + 2 * 2) * 5])
    const [q, k, v] = tf.split(qkv, [20, 10, 10], 2)
    const options = { nHeads: 4, nKvHeads: 2, window: 6, dropout: 0.2, key: key(2), scale: 0.3 }
    const expected = attention(given(q), given(k), given(v), options)
    const found = selfAttention(qkv, options)
    expectClose(await doubles(found), await doubles(expected), 1e-6, 'packed')
  })

  it('NaN stays in its sequence, infinite values with their queries', async () => {
    const values = await doubles(normal(key(1), [2, 9, 4]))
    values[4] = Number.NaN
    const other = normal(key(2), [2, 9, 4])
    const inputs = [tf.tensor(values, [2, 9, 4]), other, other]
    for (const [place, name] of ['q', 'k', 'v'].entries()) {
      const [q, k, v] = [0, 1, 2].map((i) => (i === place ? given(inputs[0]) : other))
      const y = await doubles(attention(given(q), given(k), given(v), { nHeads: 2 }))
      const bad = y.flatMap((value, i) => (Number.isNaN(value) ? [i] : []))
      expect(bad.length, name).toBeGreaterThan(0)
      expect(bad.every((i) => i < 9 * 4)).toBe(true)
    }
  })

  it('large scores neither overflow nor lose their differences', async () => {
    const q = tf.tensor3d([[[100, 0]]])
    const k = tf.tensor3d([
      [
        [100, 0],
        [99.99, 0],
        [-100, 0],
      ],
    ])
    const v = tf.tensor3d([
      [
        [1, 0],
        [0, 1],
        [5, 5],
      ],
    ])
    const y = await doubles(attention(q, k, v, { nHeads: 1, scale: 1 }))
    const share = 1 / (1 + Math.exp(-1))
    expectClose(y, [share, 1 - share], 1e-3, 'y')
  })

  it.each([
    [{ nHeads: 3 }, 'nHeads to divide the width 8'],
    [{ nHeads: 4, nKvHeads: 3 }, 'nKvHeads to divide nHeads'],
    [{ nHeads: 2, window: 0 }, 'window'],
    [{ nHeads: 2, length: 5 }, 'length'],
    [{ nHeads: 2, length: 0 }, 'one key or more'],
    [{ nHeads: 2, length: 1 }, 'as many keys as queries'],
    [{ nHeads: 2, dropout: 1 }, 'dropout'],
    [{ nHeads: 2, dropout: 0.5 }, 'a key for dropout'],
    [{ nHeads: 2, scale: Number.NaN }, 'scale'],
    [{ nHeads: 2, nKvHeads: 1 }, 'k of shape [1, time, 4]'],
  ])('refuses %j', (options, message) => {
    const x = tf.zeros([1, 4, 8])
    expect(() => attention(tf.zeros([1, 2, 8]), x, x, options)).toThrow(message)
  })
})

type Shape = Omit<double.AttentionCase, 'causal' | 'scale' | 'factors'>

const shapes: Shape[] = [
  { batch: 1, queries: 1, keys: 1, nHeads: 1, nKvHeads: 1, size: 1 },
  { batch: 2, queries: 5, keys: 5, nHeads: 3, nKvHeads: 3, size: 7 },
  { batch: 1, queries: 3, keys: 11, nHeads: 4, nKvHeads: 2, size: 4, window: 5 },
  { batch: 1, queries: 31, keys: 31, nHeads: 6, nKvHeads: 1, size: 2, window: 13 },
  { batch: 1, queries: 67, keys: 67, nHeads: 1, nKvHeads: 1, size: 5 },
  { batch: 2, queries: 37, keys: 41, nHeads: 2, nKvHeads: 1, size: 17, window: 1 },
  { batch: 0, queries: 3, keys: 3, nHeads: 1, nKvHeads: 1, size: 2 },
  { batch: 2, queries: 0, keys: 3, nHeads: 2, nKvHeads: 1, size: 2 },
]

function separate(shape: Shape): Case[] {
  const { batch, queries, keys, nHeads, nKvHeads, size, window } = shape
  const ofKeys = [batch, keys, nKvHeads * size]
  return [true, false].map((causal) => ({
    name: `attention ${title(shape, causal)}`,
    shapes: [[batch, queries, nHeads * size], ofKeys, ofKeys],
    op: ([q, k, v]) =>
      attention(given(q), given(k), given(v), { nHeads, nKvHeads, causal, ...limit(window) }),
    twin: ([q, k, v]) => double.attention(given(q), given(k), given(v), { ...shape, causal }),
  }))
}

function packed(shape: Shape): Case[] {
  const { batch, queries, keys, nHeads, nKvHeads, size, window } = shape
  if (queries !== keys) return []
  const width = (nHeads + 2 * nKvHeads) * size
  const [ofQueries, ofKeys] = [nHeads * size, (nHeads + nKvHeads) * size]
  return [true, false].map((causal) => ({
    name: `selfAttention ${title(shape, causal)}`,
    shapes: [[batch, queries, width]],
    op: ([qkv]) => selfAttention(given(qkv), { nHeads, nKvHeads, causal, ...limit(window) }),
    twin: ([qkv]) =>
      double.attention(
        double.columns(given(qkv), width, 0, ofQueries),
        double.columns(given(qkv), width, ofQueries, ofKeys),
        double.columns(given(qkv), width, ofKeys, width),
        { ...shape, causal },
      ),
  }))
}

/** Queries over the first keys of a cache; the rest has no part in it, and no gradient. */
function cached(): Case[] {
  return [1, 2, 5].flatMap((queries) =>
    [5, 11, 13].map((length) => {
      const sizes = { batch: 2, queries, keys: length, nHeads: 2, nKvHeads: 1, size: 3 }
      return {
        name: `attention of ${queries} over ${length} of 13`,
        shapes: [
          [2, queries, 6],
          [2, 13, 3],
          [2, 13, 3],
        ],
        op: ([q, k, v]: tf.Tensor[]) =>
          attention(given(q), given(k), given(v), { nHeads: 2, nKvHeads: 1, length, window: 9 }),
        twin: ([q, k, v]: Doubles[]) =>
          double.attention(given(q), given(k), given(v), { ...sizes, causal: true, window: 9 }),
      }
    }),
  )
}

function limit(window: number | undefined): { window?: number } {
  return window === undefined ? {} : { window }
}

function title(shape: Shape, causal: boolean): string {
  const { batch, queries, keys, nHeads, nKvHeads, size, window } = shape
  const near = window === undefined ? '' : ` window ${window}`
  return `${causal ? 'causal' : 'full'}${near} [${batch},${queries}|${keys},${nHeads}/${nKvHeads}x${size}]`
}
