import { addScaled, type tf } from '@llm/tensor'
import { mapUpdates } from './map-updates.js'
import type { Transform } from './types.js'

/** Options of {@link addDecayedWeights}. */
export interface DecayOptions {
  /** Which parameters decay. Default: those of rank 2 or more, so that gains and biases do not. */
  readonly mask?: (name: string, parameter: tf.Tensor) => boolean
}

/**
 * Adds `decay * parameter` to the updates: decoupled weight decay when it stands after Adam and before the rate.
 *
 * Loshchilov and Hutter, https://arxiv.org/abs/1711.05101. The default mask is nanoGPT's: embeddings decay, gains and biases do not.
 *
 * @throws RangeError when `decay` is negative; from `update`, when an update has no parameter.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { addDecayedWeights } = await import('./add-decayed-weights.js')
 * const params = { weight: tf.variable(tf.tensor2d([[10]])), bias: tf.variable(tf.tensor1d([10])) }
 * const zero = { weight: tf.tensor2d([[0]]), bias: tf.tensor1d([0]) }
 * const { updates } = addDecayedWeights(0.5).update(zero, [], params)
 * expect(updates.weight!.dataSync()[0]).toBe(5)
 * expect(updates.bias!.dataSync()[0]).toBe(0)
 * ```
 */
export function addDecayedWeights(
  decay: number,
  { mask = decaysByDefault }: DecayOptions = {},
): Transform<readonly []> {
  if (!(decay >= 0)) {
    throw new RangeError(`addDecayedWeights: expected a decay of 0 or more, got ${decay}`)
  }
  return {
    init: () => [],
    update(gradients, state, params) {
      const updates = mapUpdates(gradients, (update, name) => {
        const parameter = params[name]
        if (parameter === undefined) {
          throw new RangeError(
            `addDecayedWeights: expected an update of one of the parameters, got one named ${JSON.stringify(name)}`,
          )
        }
        return decay > 0 && mask(name, parameter) ? addScaled(update, parameter, decay) : update
      })
      return { updates, state }
    },
  }
}

/** Whether a parameter decays where no mask is given. */
export function decaysByDefault(_: string, parameter: tf.Tensor): boolean {
  return parameter.rank >= 2
}
