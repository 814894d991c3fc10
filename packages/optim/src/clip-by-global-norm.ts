import { globalNorm, tf } from '@llm/tensor'
import { mapUpdates } from './map-updates.js'
import type { Factor, Transform } from './types.js'

/**
 * Scales all gradients by one factor when their joint norm `sqrt(sum of squares)` exceeds `maxNorm`.
 *
 * The factor is `min(1, maxNorm / (norm + 1e-6))`, as in PyTorch's `clip_grad_norm_`. Nothing is read back from the device.
 *
 * @throws RangeError when `maxNorm` is not above 0.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { clipByGlobalNorm } = await import('./clip-by-global-norm.js')
 * const { updates } = clipByGlobalNorm(1).update({ a: tf.tensor1d([0.3]), b: tf.tensor1d([0.4]) }, [], {})
 * expect(updates.a!.dataSync()[0]).toBeCloseTo(0.3) // their norm is 0.5: left alone
 * ```
 */
export function clipByGlobalNorm(maxNorm: number): Transform<readonly []> {
  if (!(maxNorm > 0)) {
    throw new RangeError(`clipByGlobalNorm: expected a norm above 0, got ${maxNorm}`)
  }
  const factor = (norm: Factor): Factor =>
    typeof norm === 'number'
      ? Math.min(1, maxNorm / (norm + 1e-6))
      : tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)))
  return {
    init: () => [],
    factor,
    update(gradients, state) {
      const scale = factor(globalNorm(Object.values(gradients)))
      return { updates: mapUpdates(gradients, (gradient) => tf.mul(gradient, scale)), state }
    },
  }
}
