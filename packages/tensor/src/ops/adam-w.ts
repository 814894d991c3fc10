import { tf } from '../tf.js'
import { adamMoments } from './adam-moments.js'
import { expectFloat, expectShape } from './check.js'
import { expectBeta, expectStep, expectUpdate, updateInPlace } from './in-place.js'
import { take } from './run.js'

/** Both moments of a parameter, in its shape. */
export interface AdamWMoments {
  readonly m: tf.Tensor
  readonly v: tf.Tensor
}

/** Options of {@link adamW}. */
export interface AdamWOptions {
  readonly learningRate: number
  /** Decay of the mean of the gradients, from 0 to below 1. */
  readonly beta1: number
  /** Decay of the mean of their squares, from 0 to below 1. */
  readonly beta2: number
  /** Added to the root of the second moment. */
  readonly epsilon: number
  /** The number of this update, from 1. */
  readonly step: number
  /** Decoupled weight decay of each parameter, in their order. Default 0. */
  readonly weightDecay?: readonly number[]
  /** What the gradients are multiplied by first, such as a factor that clips them: a number or a scalar. Default 1. */
  readonly gradientScale?: number | tf.Tensor
}

/**
 * One step of AdamW of all parameters in one pass:
 * `m' = beta1 m + (1 - beta1) g`, `v' = beta2 v + (1 - beta2) g^2`,
 * `p <- p - learningRate * (mHat / (sqrt(vHat) + epsilon) + weightDecay * p)` with the bias-corrected
 * `mHat = m' / (1 - beta1^step)`, `vHat = v' / (1 - beta2^step)`, and `g` the gradient times `gradientScale`.
 * Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101.
 *
 * The parameters are updated in place and the moments used up: go on with those returned. Where the backend has a
 * kernel they are the same tensors, written in their own memory, and nothing is allocated. A clone of a parameter, and
 * what was read from it, keeps the old numbers. The gradients are left to the caller.
 *
 * Kernel: `LlmAdamW`, in place, with the attributes `decays`, `learningRate`, `beta1`, `beta2`, `epsilon` and the two
 * corrections `correction1` = 1 - beta1^step, `correction2`.
 *
 * @param parameters float32, of any shapes
 * @param gradients one for each parameter, in its shape
 * @param moments one pair for each parameter; zeros before the first step
 * @throws TypeError or RangeError if the types, shapes or numbers do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { adamW } = await import('./adam-w.js')
 * const x = tf.variable(tf.tensor1d([5]))
 * const moments = [{ m: tf.zeros([1]), v: tf.zeros([1]) }]
 * adamW([x], [tf.tensor1d([10])], moments, { learningRate: 0.5, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step: 1 })
 * expect(x.dataSync()[0]).toBeCloseTo(4.5) // the first step has the length of the rate
 * ```
 */
export function adamW(
  parameters: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  moments: readonly AdamWMoments[],
  options: AdamWOptions,
): AdamWMoments[] {
  const { learningRate, beta1, beta2, epsilon, step, gradientScale = 1 } = options
  const decays = [...(options.weightDecay ?? parameters.map(() => 0))]
  const state = moments.map(({ m, v }) => [m, v])
  const update = { parameters, gradients, state, gradientScale }
  expectUpdate('adamW', update, decays)
  expectBeta('adamW', 'beta1', beta1)
  expectBeta('adamW', 'beta2', beta2)
  expectStep('adamW', step)
  for (const [i, { m, v }] of moments.entries()) {
    const shape = parameters[i]?.shape ?? []
    for (const [name, moment] of Object.entries({ m, v })) {
      expectFloat('adamW', `${name} ${i}`, moment)
      expectShape('adamW', `${name} ${i}`, moment, shape)
    }
  }
  const corrections = { correction1: 1 - beta1 ** step, correction2: 1 - beta2 ** step }
  const numbers = { learningRate, beta1, beta2, epsilon, ...corrections }
  const next = updateInPlace('LlmAdamW', update, { ...numbers, decays }, (gradient, i) => {
    const [parameter, { m, v }] = [take(parameters, i), momentsAt(moments, i)]
    const adam = adamMoments(gradient, m, v, { beta1, beta2, epsilon, step })
    const decay = decays[i] ?? 0
    const decayed = decay === 0 ? adam.update : tf.add(adam.update, tf.mul(parameter, decay))
    return {
      parameter: tf.sub(parameter, tf.mul(decayed, learningRate)),
      state: [adam.m, adam.v],
    }
  })
  return next.map((tensors) => ({ m: take(tensors, 0), v: take(tensors, 1) }))
}

function momentsAt(moments: readonly AdamWMoments[], index: number): AdamWMoments {
  const found = moments[index]
  if (found === undefined) throw new RangeError(`adamW: expected moments at ${index}`)
  return found
}
