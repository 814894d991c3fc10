import { tf } from '../tf.js'
import { expectFloat, expectRank, expectShape, lastSize, rowCount, shapeOf } from './check.js'
import { differentiable, run, take } from './run.js'

/**
 * An affine map of the last axis: `y = x weight + bias`.
 *
 * Kernels: `LlmLinear`; for the gradients `LlmLinearGradX`, `LlmLinearGradWeight`.
 *
 * @param x of shape [..., in], float32
 * @param weight of shape [in, out]
 * @param bias of shape [out]
 * @returns shape [..., out]
 * @throws TypeError or RangeError if the types or shapes do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { linear } = await import('./linear.js')
 * const y = linear(tf.tensor2d([[1, 2]]), tf.tensor2d([[1, 0], [0, 10]]), tf.tensor1d([0.5, 0.5]))
 * expect(y.arraySync()).toEqual([[1.5, 20.5]])
 * ```
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  check(x, weight, bias)
  return differentiable({
    inputs: bias === undefined ? [x, weight] : [x, weight, bias],
    forward: (save) => {
      save([x, weight])
      const inputs = bias === undefined ? { x, weight } : { x, weight, bias }
      return take(
        run('LlmLinear', inputs, {}, () => [reference(x, weight, bias)]),
        0,
      )
    },
    gradient: (dy, saved) => {
      const [savedX, savedWeight] = [take(saved, 0), take(saved, 1)]
      const dx = run('LlmLinearGradX', { dy, weight: savedWeight }, {}, () => [
        referenceGradX(dy, savedWeight, savedX.shape),
      ])
      const dWeight = run(
        'LlmLinearGradWeight',
        { dy, x: savedX },
        { bias: bias !== undefined },
        () => referenceGradWeight(dy, savedX, bias !== undefined),
      )
      return [...dx, ...dWeight]
    },
  })
}

function reference(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const product = tf.matMul(rows(x), weight)
  const y = bias === undefined ? product : tf.add(product, bias)
  return tf.reshape(y, [...x.shape.slice(0, -1), lastSize(weight)])
}

function referenceGradX(dy: tf.Tensor, weight: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.reshape(tf.matMul(rows(dy), weight, false, true), shape)
}

function referenceGradWeight(dy: tf.Tensor, x: tf.Tensor, bias: boolean): tf.Tensor[] {
  const dRows = rows(dy)
  const dWeight = tf.matMul(rows(x), dRows, true, false)
  return bias ? [dWeight, tf.sum(dRows, 0)] : [dWeight]
}

function rows(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [rowCount(x), lastSize(x)])
}

function check(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): void {
  expectFloat('linear', 'x', x)
  expectFloat('linear', 'weight', weight)
  expectRank('linear', 'x', x, 1)
  if (weight.rank !== 2 || weight.shape[0] !== lastSize(x)) {
    throw new RangeError(
      `linear: expected weight of shape [${lastSize(x)}, out] for x of shape ${shapeOf(x)}, got ${shapeOf(weight)}`,
    )
  }
  if (bias === undefined) return
  expectFloat('linear', 'bias', bias)
  expectShape('linear', 'bias', bias, [lastSize(weight)])
}
