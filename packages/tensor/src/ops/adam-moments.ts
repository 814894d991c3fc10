import { tf } from '../tf.js'
import { expectFloat, expectShape } from './check.js'
import { run, take } from './run.js'

/** Options of {@link adamMoments}. */
export interface AdamMomentsOptions {
  /** Decay of the mean of the gradients, from 0 to below 1. */
  readonly beta1: number
  /** Decay of the mean of their squares, from 0 to below 1. */
  readonly beta2: number
  /** Added to the root of the second moment. */
  readonly epsilon: number
  /** The number of this update, from 1. */
  readonly step: number
}

/** What {@link adamMoments} returns; the caller disposes of the old moments. */
export interface AdamMoments {
  /** `mHat / (sqrt(vHat) + epsilon)`: the direction, before the learning rate and its sign. */
  readonly update: tf.Tensor
  readonly m: tf.Tensor
  readonly v: tf.Tensor
}

/**
 * One step of Adam's moments in one pass:
 * `m' = beta1 m + (1 - beta1) g`, `v' = beta2 v + (1 - beta2) g^2`, and the update from the bias-corrected
 * `mHat = m' / (1 - beta1^step)`, `vHat = v' / (1 - beta2^step)`.
 * Kingma and Ba 2015, https://arxiv.org/abs/1412.6980. It has no gradient of its own.
 *
 * Kernel: `LlmAdamMoments` -> [update, m, v], with the attributes `beta1`, `beta2`, `epsilon` and the two
 * corrections `correction1` = 1 - beta1^step, `correction2`.
 *
 * @param gradient of any shape, float32
 * @param m the shape of the gradient
 * @param v the shape of the gradient
 * @throws TypeError or RangeError if the types, shapes or numbers do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { adamMoments } = await import('./adam-moments.js')
 * const zero = tf.zeros([1])
 * const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 }
 * const { update, m } = adamMoments(tf.tensor1d([-3]), zero, zero, options)
 * expect(update.dataSync()[0]).toBeCloseTo(-1, 5)
 * expect(m.dataSync()[0]).toBeCloseTo(-0.3, 6)
 * ```
 */
export function adamMoments(
  gradient: tf.Tensor,
  m: tf.Tensor,
  v: tf.Tensor,
  options: AdamMomentsOptions,
): AdamMoments {
  check(gradient, m, v, options)
  const { beta1, beta2, epsilon, step } = options
  const attributes: Attributes = {
    beta1,
    beta2,
    epsilon,
    correction1: 1 - beta1 ** step,
    correction2: 1 - beta2 ** step,
  }
  const outputs = run('LlmAdamMoments', { gradient, m, v }, { ...attributes }, () =>
    reference(gradient, m, v, attributes),
  )
  return { update: take(outputs, 0), m: take(outputs, 1), v: take(outputs, 2) }
}

type Attributes = Record<'beta1' | 'beta2' | 'epsilon' | 'correction1' | 'correction2', number>

function reference(g: tf.Tensor, m: tf.Tensor, v: tf.Tensor, attributes: Attributes): tf.Tensor[] {
  const { beta1, beta2, epsilon, correction1, correction2 } = attributes
  return tf.tidy(() => {
    const newM = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1))
    const newV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2))
    const deviation = tf.add(tf.sqrt(tf.mul(newV, 1 / correction2)), epsilon)
    return [tf.div(tf.mul(newM, 1 / correction1), deviation), newM, newV]
  })
}

function check(g: tf.Tensor, m: tf.Tensor, v: tf.Tensor, options: AdamMomentsOptions): void {
  for (const [name, tensor] of [
    ['gradient', g],
    ['m', m],
    ['v', v],
  ] as const) {
    expectFloat('adamMoments', name, tensor)
    expectShape('adamMoments', name, tensor, g.shape)
  }
  for (const name of ['beta1', 'beta2'] as const) {
    const value = options[name]
    if (!(value >= 0 && value < 1)) {
      throw new RangeError(`adamMoments: expected ${name} from 0 to below 1, got ${value}`)
    }
  }
  if (!Number.isSafeInteger(options.step) || options.step < 1) {
    throw new RangeError(`adamMoments: expected step to be an integer >= 1, got ${options.step}`)
  }
}
