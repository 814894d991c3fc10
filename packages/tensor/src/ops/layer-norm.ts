import { tf } from '../tf.js'
import { expectFloat, expectRank, expectShape, lastSize, rowCount } from './check.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance; 1e-5 when absent. */
  readonly epsilon?: number
}

/**
 * Layer normalisation over the last axis: `y = (x - mean) / sqrt(variance + epsilon) * gain + bias`, with the
 * mean and the (biased) variance of each row. Ba et al. 2016, https://arxiv.org/abs/1607.06450
 *
 * Kernels: `LlmLayerNorm` -> [y, mean, inverse deviation], `LlmLayerNormGrad` -> [dx, dGain, dBias], the last only with
 * the attribute `bias`.
 *
 * @param x of shape [..., width], float32
 * @param gain of shape [width]
 * @param bias of shape [width]; none when undefined, as in PaLM
 * @returns the shape of x
 * @throws TypeError or RangeError if the types or shapes do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { layerNorm } = await import('./layer-norm.js')
 * const y = layerNorm(tf.tensor2d([[1, 3]]), tf.ones([2]), tf.tensor1d([0, 10]))
 * expect(Array.from(y.dataSync(), (v) => v.toFixed(3))).toEqual(['-1.000', '11.000'])
 * ```
 */
export function layerNorm(
  x: tf.Tensor,
  gain: tf.Tensor,
  bias?: tf.Tensor,
  options: LayerNormOptions = {},
): tf.Tensor {
  const { epsilon = 1e-5 } = options
  check(x, gain, bias, epsilon)
  return differentiable({
    inputs: bias === undefined ? [x, gain] : [x, gain, bias],
    forward: (save) => {
      const inputs = bias === undefined ? { x, gain } : { x, gain, bias }
      const outputs = run('LlmLayerNorm', inputs, { epsilon }, () =>
        reference(x, gain, bias, epsilon),
      )
      save([x, gain, take(outputs, 1), take(outputs, 2)])
      return take(outputs, 0)
    },
    gradient: (dy, saved) => {
      const inputs = {
        dy,
        x: take(saved, 0),
        gain: take(saved, 1),
        mean: take(saved, 2),
        inverse: take(saved, 3),
      }
      return run('LlmLayerNormGrad', inputs, { bias: bias !== undefined }, () =>
        referenceGrad(inputs, bias !== undefined),
      )
    },
  })
}

function reference(
  x: tf.Tensor,
  gain: tf.Tensor,
  bias: tf.Tensor | undefined,
  epsilon: number,
): tf.Tensor[] {
  const rows = tf.reshape(x, [rowCount(x), lastSize(x)])
  const mean = tf.mean(rows, 1, true)
  const centred = tf.sub(rows, mean)
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon))
  const scaled = tf.mul(tf.mul(centred, inverse), gain)
  const y = bias === undefined ? scaled : tf.add(scaled, bias)
  return [tf.reshape(y, x.shape), mean, inverse]
}

function referenceGrad(
  inputs: Record<'dy' | 'x' | 'gain' | 'mean' | 'inverse', tf.Tensor>,
  bias: boolean,
): tf.Tensor[] {
  const { x, gain, mean, inverse } = inputs
  const shape = [rowCount(x), lastSize(x)]
  const dy = tf.reshape(inputs.dy, shape)
  const normal = tf.mul(tf.sub(tf.reshape(x, shape), mean), inverse)
  const scaled = tf.mul(dy, gain)
  const along = tf.mean(tf.mul(scaled, normal), 1, true)
  const dx = tf.mul(
    tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), tf.mul(normal, along)),
    inverse,
  )
  const gradients = [tf.reshape(dx, x.shape), tf.sum(tf.mul(dy, normal), 0)]
  return bias ? [...gradients, tf.sum(dy, 0)] : gradients
}

function check(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor | undefined, epsilon: number): void {
  expectFloat('layerNorm', 'x', x)
  expectFloat('layerNorm', 'gain', gain)
  expectRank('layerNorm', 'x', x, 1)
  expectShape('layerNorm', 'gain', gain, [lastSize(x)])
  if (bias !== undefined) {
    expectFloat('layerNorm', 'bias', bias)
    expectShape('layerNorm', 'bias', bias, [lastSize(x)])
  }
  if (!(epsilon >= 0)) throw new RangeError(`layerNorm: expected epsilon >= 0, got ${epsilon}`)
}
