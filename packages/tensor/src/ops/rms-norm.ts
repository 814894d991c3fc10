import { tf } from '../tf.js'
import { expectFloat, expectRank, expectShape, lastSize, rowCount } from './check.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link rmsNorm}. */
export interface RmsNormOptions {
  /** Added to the mean square; 1e-6 when absent. */
  readonly epsilon?: number
}

/**
 * Normalisation of the last axis by its root mean square: `y = x / sqrt(mean(x^2) + epsilon) * gain`.
 * Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 *
 * Kernels: `LlmRmsNorm` -> [y, inverse root mean square], `LlmRmsNormGrad` -> [dx, dGain].
 *
 * @param x of shape [..., width], float32
 * @param gain of shape [width]
 * @returns the shape of x
 * @throws TypeError or RangeError if the types or shapes do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { rmsNorm } = await import('./rms-norm.js')
 * const y = rmsNorm(tf.tensor2d([[1, 7]]), tf.tensor1d([1, 10]))
 * expect(Array.from(y.dataSync(), (v) => v.toFixed(3))).toEqual(['0.200', '14.000'])
 * ```
 */
export function rmsNorm(x: tf.Tensor, gain: tf.Tensor, options: RmsNormOptions = {}): tf.Tensor {
  const { epsilon = 1e-6 } = options
  check(x, gain, epsilon)
  return differentiable({
    inputs: [x, gain],
    forward: (save) => {
      const outputs = run('LlmRmsNorm', { x, gain }, { epsilon }, () => reference(x, gain, epsilon))
      save([x, gain, take(outputs, 1)])
      return take(outputs, 0)
    },
    gradient: (dy, saved) => {
      const inputs = { dy, x: take(saved, 0), gain: take(saved, 1), inverse: take(saved, 2) }
      return run('LlmRmsNormGrad', inputs, {}, () => referenceGrad(inputs))
    },
  })
}

function reference(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor[] {
  const rows = tf.reshape(x, [rowCount(x), lastSize(x)])
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(rows), 1, true), epsilon))
  return [tf.reshape(tf.mul(tf.mul(rows, inverse), gain), x.shape), inverse]
}

function referenceGrad(inputs: Record<'dy' | 'x' | 'gain' | 'inverse', tf.Tensor>): tf.Tensor[] {
  const { x, gain, inverse } = inputs
  const shape = [rowCount(x), lastSize(x)]
  const dy = tf.reshape(inputs.dy, shape)
  const normal = tf.mul(tf.reshape(x, shape), inverse)
  const scaled = tf.mul(dy, gain)
  const along = tf.mean(tf.mul(scaled, normal), 1, true)
  const dx = tf.mul(tf.sub(scaled, tf.mul(normal, along)), inverse)
  return [tf.reshape(dx, x.shape), tf.sum(tf.mul(dy, normal), 0)]
}

function check(x: tf.Tensor, gain: tf.Tensor, epsilon: number): void {
  expectFloat('rmsNorm', 'x', x)
  expectFloat('rmsNorm', 'gain', gain)
  expectRank('rmsNorm', 'x', x, 1)
  expectShape('rmsNorm', 'gain', gain, [lastSize(x)])
  if (!(epsilon >= 0)) throw new RangeError(`rmsNorm: expected epsilon >= 0, got ${epsilon}`)
}
