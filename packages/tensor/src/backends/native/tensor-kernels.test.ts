import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { tf } from '../../tf.js'
import { backends } from '../use-backend.js'

delete process.env.LLM_BACKEND
const native = (await backends()).find((report) => report.name === 'native')

/** Each native kernel against TensorFlow.js's own, on the shapes it takes and those it leaves. */
describe.skipIf(native?.available !== true)('kernels of TensorFlow.js, replaced', () => {
  beforeAll(() => tf.setBackend('native'))

  const size = fc.constantFrom(0, 1, 2, 3, 5)
  const shape = fc.array(size, { minLength: 0, maxLength: 4 })

  for (const [name, op] of Object.entries({ add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div })) {
    it(`${name} with broadcasting`, async () => {
      await fc.assert(
        fc.asyncProperty(
          shape,
          fc.infiniteStream(fc.boolean()),
          fc.nat(4),
          async (sizes, ones, cut) => {
            const other = sizes.slice(Math.min(cut, sizes.length))
            const broadcast = other.map((n) => (ones.next().value ? 1 : n))
            await same(() => op(numbers(sizes, 1), numbers(broadcast, 2)))
            await same(() => op(numbers(broadcast, 2), numbers(sizes, 1)))
          },
        ),
        { seed: 1 },
      )
    })
  }

  it('what is read is a whole buffer, also where a kernel of TensorFlow.js had the array', () => {
    const sum = tf.add(tf.zeros([3000]), 1)
    tf.dispose(tf.reverse(sum))
    const values = sum.dataSync()
    expect(values.byteOffset).toBe(0)
    expect(values.buffer.byteLength).toBe(4 * 3000)
    expect(values.every((value) => value === 1)).toBe(true)
  })

  it('sum along any axes', async () => {
    await fc.assert(
      fc.asyncProperty(
        shape,
        fc.subarray([0, 1, 2, 3]),
        fc.boolean(),
        async (sizes, chosen, keep) => {
          const axes = chosen.filter((axis) => axis < sizes.length)
          await same(() => tf.sum(numbers(sizes, 1), axes, keep))
          await same(() => tf.sum(numbers(sizes, 1), undefined, keep))
        },
      ),
      { seed: 1 },
    )
  })

  it('slice, pad, split and concat along any axis', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), fc.nat(4), async (dims, a, b, c) => {
        const axis = a % dims.length
        const whole = dims[axis] ?? 1
        const start = b % whole
        const begin = dims.map((_, i) => (i === axis ? start : 0))
        const count = dims.map((n, i) => (i === axis ? whole - start : n))
        await same(() => tf.slice(numbers(dims, 1), begin, count))
        const paddings = dims.map((_, i): [number, number] => (i === axis ? [start, c] : [0, 0]))
        await same(() => tf.pad(numbers(dims, 1), paddings, 1.5))
        await same(() => tf.split(numbers(dims, 1), [start, whole - start], axis)[1])
        await same(() => tf.concat([numbers(dims, 1), numbers(dims, 2), numbers(dims, 3)], axis))
        const both = dims.map(() => 1)
        await same(() =>
          tf.slice(
            numbers(dims, 1),
            both.map(() => 0),
            both,
          ),
        )
      }),
      { seed: 1 },
    )
  })

  it('products with every transposition and shared batches', async () => {
    const n = fc.integer({ min: 1, max: 6 })
    await fc.assert(
      fc.asyncProperty(n, n, n, n, fc.boolean(), fc.boolean(), async (batch, m, k, w, ta, tb) => {
        const [a, b] = [ta ? [k, m] : [m, k], tb ? [w, k] : [k, w]]
        await same(() => tf.matMul(numbers(a, 1), numbers(b, 2), ta, tb))
        await same(() =>
          tf.matMul(numbers([batch, 2, ...a], 1), numbers([batch, 2, ...b], 2), ta, tb),
        )
        await same(() => tf.matMul(numbers([batch, ...a], 1), numbers([1, ...b], 2), ta, tb))
        await same(() => tf.matMul(numbers([2, 1, ...a], 1), numbers([1, 3, ...b], 2), ta, tb))
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  it('zerosLike of arrays that were used before', async () => {
    tf.add(numbers([2, 3], 1), 1).dispose()
    await same(() => tf.zerosLike(numbers([2, 3], 1)))
    await same(() => tf.zerosLike(numbers([0], 1)))
  })

  it('other types go to the kernels of TensorFlow.js', async () => {
    await same(() => tf.zerosLike(tf.tensor1d([1, 2], 'int32')))
    await same(() => tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32')))
    await same(() => tf.sum(tf.tensor1d([true, true, false], 'bool')))
    await same(() => tf.add(tf.cast(tf.tensor1d([1, 2], 'int32'), 'float32'), 0.5))
  })

  it('an array that was read stays as it was read', async () => {
    const x = tf.add(numbers([1000], 1), 1)
    const values = x.dataSync()
    const copy = Float32Array.from(values)
    const view = tf.mul(numbers([1000], 1), 2)
    const part = view.as2D(10, 100).slice([3, 0], [2, 100]).square()
    const expected = part.dataSync().slice()
    tf.dispose([x, view])
    for (let i = 0; i < 5; i++) tf.add(numbers([1000], 5), i).dispose()
    expect(values).toEqual(copy)
    expect(part.dataSync()).toEqual(expected)
  })
})

function numbers(shape: number[], seed: number): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
    Math.fround(Math.sin((i + 1) * 12.9898 * seed) + 1.5),
  )
  return tf.tensor(values, shape)
}

/** The same result on the native backend and on TensorFlow.js's CPU backend. */
async function same(f: () => tf.Tensor | undefined): Promise<void> {
  const results: [number[], number[], string][] = []
  for (const backend of ['native', 'cpu']) {
    await tf.setBackend(backend)
    const y = tf.tidy(() => f() ?? tf.scalar(0))
    results.push([y.shape, Array.from(await y.data()), y.dtype])
    y.dispose()
  }
  await tf.setBackend('native')
  const [ours, theirs] = results
  expect(ours?.[0]).toEqual(theirs?.[0])
  expect(ours?.[2]).toEqual(theirs?.[2])
  for (const [i, value] of (ours?.[1] ?? []).entries()) {
    const expected = theirs?.[1][i] ?? Number.NaN
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(expected)))
  }
}
