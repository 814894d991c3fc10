import { adamMoments, tf } from '@llm/tensor'
import { mapUpdates } from './map-updates.js'
import type { Transform, Updates } from './types.js'

/** Options of {@link scaleByAdam}. The defaults are GPT-3's (Brown et al. 2020, appendix B). */
export interface AdamOptions {
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.95. */
  readonly beta2?: number
  /** Added to the root in the denominator. Default 1e-8. */
  readonly epsilon?: number
}

export const adamDefaults = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 } as const

/** Steps taken so far and both moving means, by parameter name. */
export type AdamState = {
  readonly step: number
  readonly m: Updates
  readonly v: Updates
}

/**
 * Adam's direction: `mHat / (sqrt(vHat) + epsilon)`, with both means corrected for their start at zero.
 *
 * `m = beta1 m + (1 - beta1) g`, `v = beta2 v + (1 - beta2) g^2`, `mHat = m / (1 - beta1^t)`, `vHat = v / (1 - beta2^t)`, t = 1, 2, ...
 * Kingma and Ba, https://arxiv.org/abs/1412.6980. Memory: two tensors per parameter.
 *
 * @throws RangeError when a beta is outside [0, 1) or `epsilon` is negative; from `update`, when a gradient has no state.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { scaleByAdam } = await import('./scale-by-adam.js')
 * const adam = scaleByAdam()
 * const params = { w: tf.variable(tf.tensor1d([0, 0])) }
 * const { updates } = adam.update({ w: tf.tensor1d([0.001, -20]) }, adam.init(params), params)
 * const [x, y] = updates.w!.dataSync() // the first step has length 1 whatever the gradient's size
 * expect(x).toBeCloseTo(1, 4)
 * expect(y).toBeCloseTo(-1, 4)
 * ```
 */
export function scaleByAdam({
  beta1 = adamDefaults.beta1,
  beta2 = adamDefaults.beta2,
  epsilon = adamDefaults.epsilon,
}: AdamOptions = {}): Transform<AdamState> {
  for (const [name, beta] of Object.entries({ beta1, beta2 })) {
    if (!(beta >= 0 && beta < 1)) {
      throw new RangeError(`scaleByAdam: expected ${name} in [0, 1), got ${beta}`)
    }
  }
  if (!(epsilon >= 0)) {
    throw new RangeError(`scaleByAdam: expected an epsilon of 0 or more, got ${epsilon}`)
  }
  return {
    init(params) {
      const zeros = (): Updates => mapUpdates(params, (parameter) => tf.zerosLike(parameter))
      return { step: 0, m: zeros(), v: zeros() }
    },
    update(gradients, state) {
      const step = state.step + 1
      const updates: Record<string, tf.Tensor> = {}
      const m: Record<string, tf.Tensor> = {}
      const v: Record<string, tf.Tensor> = {}
      for (const [name, gradient] of Object.entries(gradients)) {
        const mean = state.m[name]
        const square = state.v[name]
        if (mean === undefined || square === undefined) {
          throw new RangeError(
            `scaleByAdam: expected gradients of the parameters given to init, got one named ${JSON.stringify(name)}`,
          )
        }
        const result = adamMoments(gradient, mean, square, { beta1, beta2, epsilon, step })
        updates[name] = result.update
        m[name] = result.m
        v[name] = result.v
      }
      return { updates, state: { step, m, v } }
    },
  }
}
