import { describe, expect, it } from 'vitest'
import { attention, KvCache, key, normal, rotary, tf } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
import * as double from './double-attention.js'

onEveryBackend('positions', () => {
  describe('rotary: values are those of double precision, gradients those of finite differences', () => {
    for (const item of cases()) it(item.name, () => checkCase(item))
  })

  it('rotary angles are exact far from the start', async () => {
    const x = normal(key(1), [1, 2, 16])
    const options = { headSize: 8, offset: 1_000_003 }
    const shape = { time: 2, heads: 2, turned: 2, rotaryDims: 8, base: 10_000, interleaved: false }
    const expected = double.rotary(await doubles(x), { ...shape, ...options })
    expectClose(await doubles(rotary(x, options)), expected, 1e-6, 'rotary')
  })

  it.each([
    [{ headSize: 3 }, 'headSize to divide'],
    [{ headSize: 4, turned: 3 }, 'turned from 0 to the 2 heads'],
    [{ headSize: 4, rotaryDims: 3 }, 'rotaryDims to be even'],
    [{ headSize: 4, base: 0 }, 'base'],
    [{ headSize: 4, offset: -1 }, 'offset'],
    [{ headSize: 4, offset: 2 ** 30 }, 'offset'],
  ])('rotary refuses %j', (options, message) => {
    expect(() => rotary(tf.zeros([1, 2, 8]), options)).toThrow(message)
  })

  it('token by token through a cache is the whole sequence at once', async () => {
    const [batch, time, nHeads, nKvHeads, headSize] = [2, 37, 4, 2, 6]
    const q = normal(key(1), [batch, time, nHeads * headSize])
    const k = normal(key(2), [batch, time, nKvHeads * headSize])
    const v = normal(key(3), [batch, time, nKvHeads * headSize])
    const options = { nHeads, nKvHeads, window: 20 }
    const whole = attention(rotary(q, { headSize }), rotary(k, { headSize }), v, options)
    const cache = new KvCache({ batch, capacity: 40, width: nKvHeads * headSize })
    const before = tf.memory().numTensors
    // The first pass takes several at once, as a prompt does.
    for (let at = 0; at < time; at += at === 0 ? 9 : 1) {
      const count = at === 0 ? 9 : 1
      const [y, expected] = tf.tidy(() => {
        const take = (x: tf.Tensor) => tf.slice(x, [0, at, 0], [batch, count, -1])
        cache.append(rotary(take(k), { headSize, offset: at }), take(v))
        const { length } = cache
        const asked = rotary(take(q), { headSize, offset: at })
        return [attention(asked, cache.k, cache.v, { ...options, length }), take(whole)]
      })
      expectClose(await doubles(given(y)), await doubles(given(expected)), 2e-6, `token ${at}`)
      tf.dispose([y, expected])
    }
    expect(cache.length).toBe(time)
    expect(tf.memory().numTensors).toBe(before)
    expect(() => cache.append(tf.zeros([batch, 4, 12]), tf.zeros([batch, 4, 12]))).toThrow(
      'at most 3 positions more, got 4',
    )
    expect(() => cache.append(tf.zeros([1, 1, 12]), tf.zeros([1, 1, 12]))).toThrow('k of shape')
    cache.dispose()
  })

  it('a cache takes its own tensors back and leaves those of others alone', async () => {
    const cache = new KvCache({ batch: 1, capacity: 3, width: 1 })
    const view = tf.reshape(cache.k, [3])
    cache.append(tf.ones([1, 2, 1]), tf.ones([1, 2, 1]))
    expect(await doubles(view)).toEqual([0, 0, 0])
    expect(await doubles(cache.k)).toEqual([1, 1, 0])
    cache.append(tf.fill([1, 1, 1], 2), tf.ones([1, 1, 1]))
    expect(await doubles(cache.k)).toEqual([1, 1, 2])
    cache.dispose()
  })
})

function cases(): Case[] {
  const shapes = [
    { batch: 1, time: 1, heads: 1, headSize: 2, turned: 1, rotaryDims: 2 },
    { batch: 2, time: 5, heads: 3, headSize: 8, turned: 2, rotaryDims: 8 },
    { batch: 1, time: 7, heads: 2, headSize: 7, turned: 2, rotaryDims: 4 },
    { batch: 3, time: 2, heads: 2, headSize: 34, turned: 1, rotaryDims: 34 },
    { batch: 0, time: 3, heads: 1, headSize: 4, turned: 1, rotaryDims: 4 },
    { batch: 2, time: 3, heads: 1, headSize: 4, turned: 0, rotaryDims: 0 },
  ]
  return shapes.flatMap((shape) =>
    [true, false].map((interleaved) => {
      const { batch, time, heads, headSize, turned, rotaryDims } = shape
      const options = { headSize, turned, rotaryDims, interleaved, base: 500, offset: 3 }
      return {
        name: `rotary${interleaved ? ' interleaved' : ''} [${batch},${time},${heads}x${headSize}] ${turned} heads, ${rotaryDims} dims`,
        shapes: [[batch, time, heads * headSize]],
        op: ([x]) => rotary(given(x), options),
        twin: ([x]) => double.rotary(given(x), { ...options, time, heads }),
      }
    }),
  )
}
