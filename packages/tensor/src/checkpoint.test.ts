import { expect, it } from 'vitest'
import { onEveryBackend } from '../test/conformance/backends.js'
import { checkpoint } from './checkpoint.js'
import { fold, type Key, key } from './key.js'
import { memory, resetPeak } from './memory.js'
import { dropout } from './ops/dropout.js'
import { embedding } from './ops/embedding.js'
import { gelu } from './ops/gelu.js'
import { layerNorm } from './ops/layer-norm.js'
import { linear } from './ops/linear.js'
import { withPrecision } from './precision.js'
import { normal } from './random-tensors.js'
import { tf } from './tf.js'

const width = 16
const around = { plain: (f: Block, inputs: readonly tf.Tensor[]) => f(...inputs), checkpoint }
type Block = (...inputs: tf.Tensor[]) => tf.Tensor

onEveryBackend('checkpoint', (backend) => {
  const params = (): Record<string, tf.Variable> =>
    Object.fromEntries(
      ['up', 'down', 'table', 'idle'].map((name, i) => [
        name,
        tf.variable(
          normal(key(i), name === 'up' ? [width, 64] : name === 'down' ? [64, width] : [9, width]),
        ),
      ]),
    )

  function loss(
    weights: Record<string, tf.Variable>,
    wrap: (f: Block, inputs: tf.Tensor[]) => tf.Tensor,
    outer = around.plain,
  ): tf.Scalar {
    const ids = tf.tensor2d([1, 2, 3, 4, 5, 5], [2, 3], 'int32')
    const [up, down, table] = ['up', 'down', 'table'].map((name) => {
      const weight = weights[name]
      if (weight === undefined) throw new Error(`no ${name}`)
      return weight
    }) as [tf.Variable, tf.Variable, tf.Variable]
    const block =
      (at: Key): Block =>
      (x) => {
        const normed = layerNorm(x ?? table, tf.ones([width]), tf.zeros([width]))
        const hidden = gelu(linear(normed, up))
        return tf.add(x ?? table, dropout(linear(hidden, down), 0.5, at))
      }
    const all: Block = (x, tokens) => {
      let y = tf.add(x ?? table, embedding(table, tokens ?? ids))
      for (let i = 0; i < 3; i++) y = wrap(block(fold(key(7), i)), [y])
      return y
    }
    const y = outer(all, [embedding(table, ids), ids])
    return tf.mean(tf.square(y)).asScalar()
  }

  it.each(['one by one', 'nested'])(
    'has the gradients of plain code, bit for bit: %s',
    async (how) => {
      const weights = params()
      const { idle, ...used } = weights
      const expected = tf.variableGrads(() => loss(weights, around.plain))
      const found = tf.variableGrads(() =>
        loss(weights, checkpoint, how === 'nested' ? checkpoint : around.plain),
      )
      expect(await found.value.data()).toEqual(await expected.value.data())
      for (const { name } of Object.values(used)) {
        const theirs = expected.grads[name]
        if (theirs === undefined) throw new Error(`no gradient of ${name}`)
        if (how !== 'nested' || name !== weights.table?.name) {
          expect(await found.grads[name]?.data()).toEqual(await theirs.data())
        }
        // A variable that is used inside and outside sums its gradients in another order.
        const difference = tf.max(tf.abs(tf.sub(found.grads[name] ?? 0, theirs)))
        expect((await difference.data())[0]).toBeLessThan(1e-6)
      }
      expect(found.grads[idle?.name ?? '']).toBe(undefined)
      tf.dispose([weights, expected.value, expected.grads, found.value, found.grads])
    },
  )

  it('keeps nothing, forward alone, with gradients, and when f fails', () => {
    const weights = params()
    const step = () => {
      tf.tidy(() => loss(weights, checkpoint, checkpoint)).dispose()
      const { value, grads } = tf.variableGrads(() =>
        tf.tidy(() => loss(weights, checkpoint, checkpoint)),
      )
      tf.dispose([value, grads])
      const failing = () => {
        tf.square(tf.scalar(1))
        throw new Error('from f')
      }
      const x = tf.scalar(1)
      expect(() => tf.grad((y: tf.Tensor) => checkpoint(failing, [y]))(x)).toThrow('from f')
      x.dispose()
    }
    step()
    const before = tf.memory()
    for (let i = 0; i < 100; i++) step()
    expect(tf.memory().numTensors).toBe(before.numTensors)
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers)
    tf.dispose(weights)
  })

  it('runs again in the precision of the first time', async () => {
    const weight = tf.variable(normal(key(1), [width, width]))
    const x = normal(key(2), [3, width])
    const gradient = (wrap: typeof checkpoint) => {
      const { value, grads } = tf.variableGrads(() =>
        withPrecision({ compute: 'bfloat16' }, () =>
          tf.mean(wrap((z) => tf.square(linear(z ?? x, weight)), [x])).asScalar(),
        ),
      )
      value.dispose()
      return grads[weight.name]?.data()
    }
    expect(await gradient(checkpoint)).toEqual(await gradient(around.plain))
    weight.dispose()
  })

  it('gives gradients of inputs, also of one that comes twice or comes out, and second ones', async () => {
    const x = tf.tensor1d([1, 2, 3])
    const product: Block = (a, b) => tf.mul(a ?? x, b ?? x)
    const twice = tf.grad((y: tf.Tensor) => checkpoint(product, [y, y]))(x)
    expect([...(await twice.data())]).toEqual([2, 4, 6])
    const same = tf.grad((y: tf.Tensor) =>
      tf.mul(
        y,
        checkpoint((z) => z ?? x, [y]),
      ),
    )(x)
    expect([...(await same.data())]).toEqual([2, 4, 6])
    const cube = (y: tf.Tensor) => checkpoint((z) => tf.mul(z ?? x, tf.square(z ?? x)), [y])
    const second = tf.grad((y: tf.Tensor) => tf.grad(cube)(y))(x)
    expect([...(await second.data())]).toEqual([6, 12, 18])
  })

  it('refuses a tensor with a gradient that is not among the inputs', async () => {
    const x = tf.tensor1d([1, 2])
    const through = (y: tf.Tensor) => {
      const squared = tf.square(y)
      return checkpoint((z) => tf.mul(z ?? y, squared), [y])
    }
    expect(() => tf.grad(through)(x)).toThrow('got a tensor of shape [2] that was computed before')
    const constant = tf.tensor1d([3, 4])
    const gradient = tf.grad((y: tf.Tensor) => checkpoint((z) => tf.mul(z ?? y, constant), [y]))(x)
    expect([...(await gradient.data())]).toEqual([3, 4])
  })

  it('lowers the peak', () => {
    const weight = tf.variable(normal(key(1), [32, 32]))
    const x = normal(key(2), [256, 32])
    const peak = (wrap: (f: Block, inputs: tf.Tensor[]) => tf.Tensor): number => {
      resetPeak()
      const start = memory().bytes
      const { value, grads } = tf.variableGrads(() => {
        let y = x
        for (let i = 0; i < 8; i++) {
          y = wrap((z) => gelu(linear(gelu(linear(gelu(z ?? x), weight)), weight)), [y])
        }
        return tf.mean(y).asScalar()
      }, [weight])
      tf.dispose([value, grads])
      return memory().peakBytes - start
    }
    const [plain, less] = [peak(around.plain), peak(checkpoint)]
    expect(less, backend).toBeLessThan(0.55 * plain)
  })
})
