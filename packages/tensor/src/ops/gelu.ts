import { tf } from '../tf.js'
import { expectFloat } from './check.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** 'tanh' (the default) is the approximation GPT-2 uses; 'none' is the exact function. */
  readonly approximate?: 'tanh' | 'none'
}

/**
 * The Gaussian error linear unit, element by element. `x Phi(x)` with the normal distribution function Phi, or its
 * approximation `x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`. Hendrycks and Gimpel 2016,
 * https://arxiv.org/abs/1606.08415
 *
 * Kernels: `LlmGelu`, `LlmGeluGrad`, with the attribute `tanh`.
 *
 * @param x of any shape, float32
 * @returns the shape of x
 * @throws TypeError if x is not float32
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { gelu } = await import('./gelu.js')
 * expect(gelu(tf.scalar(1)).dataSync()[0]).toBeCloseTo(0.841192, 5)
 * expect(gelu(tf.scalar(1), { approximate: 'none' }).dataSync()[0]).toBeCloseTo(0.841345, 5)
 * ```
 */
export function gelu(x: tf.Tensor, options: GeluOptions = {}): tf.Tensor {
  const { approximate = 'tanh' } = options
  expectFloat('gelu', 'x', x)
  if (approximate !== 'tanh' && approximate !== 'none') {
    throw new RangeError(`gelu: expected approximate 'tanh' or 'none', got ${approximate}`)
  }
  const tanh = approximate === 'tanh'
  return differentiable({
    inputs: [x],
    forward: (save) => {
      save([x])
      return take(
        run('LlmGelu', { x }, { tanh }, () => [reference(x, tanh)]),
        0,
      )
    },
    gradient: (dy, saved) => [geluGradient(dy, take(saved, 0), tanh)],
  })
}

/** The gradient of x from that of `gelu(x)`. */
export function geluGradient(dy: tf.Tensor, x: tf.Tensor, tanh: boolean): tf.Tensor {
  return take(
    run('LlmGeluGrad', { dy, x }, { tanh }, () => [referenceGrad(dy, x, tanh)]),
    0,
  )
}

const SLOPE = Math.sqrt(2 / Math.PI)
const CUBIC = 0.044715

function reference(x: tf.Tensor, tanh: boolean): tf.Tensor {
  return tf.mul(x, tanh ? tf.mul(tf.add(curve(x), 1), 0.5) : distribution(x))
}

function referenceGrad(dy: tf.Tensor, x: tf.Tensor, tanh: boolean): tf.Tensor {
  if (!tanh) {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
    return tf.mul(dy, tf.add(distribution(x), tf.mul(x, density)))
  }
  const t = curve(x)
  const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), SLOPE)
  const slope = tf.mul(tf.sub(1, tf.square(t)), inner)
  return tf.mul(dy, tf.mul(tf.add(tf.add(t, 1), tf.mul(x, slope)), 0.5))
}

function curve(x: tf.Tensor): tf.Tensor {
  return tf.tanh(tf.mul(tf.mul(tf.add(tf.mul(tf.square(x), CUBIC), 1), x), SLOPE))
}

function distribution(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)
}
