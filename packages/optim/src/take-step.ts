import { globalNorm, type Parameters, tf } from '@llm/tensor'
import { applyUpdates } from './apply-updates.js'
import { disposeState, flattenState } from './state.js'
import type { Factor, State, Transform, Updates } from './types.js'

/** Options of {@link takeStep}. */
export interface StepOptions {
  /** The joint norm of the gradients where it is known already. Default: it is computed when the optimizer clips. */
  readonly gradientNorm?: number
}

/**
 * One step of an optimizer with its housekeeping: updates the parameters in place and returns the next state.
 *
 * The gradients and the old state are used up: their tensors are disposed of. Nothing else is left behind, so the number of
 * tensors is the same after every step. An optimizer that can, such as `adamW` or a chain of `clipByGlobalNorm` and `adamW`, steps
 * in place: no array of a parameter's size is made.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { adamW } = await import('./adam-w.js')
 * const { takeStep } = await import('./take-step.js')
 * const params = { w: tf.variable(tf.tensor1d([1, 2])) }
 * const optimizer = adamW({ learningRate: 0.01 })
 * let state = optimizer.init(params)
 * const before = tf.memory().numTensors
 * state = takeStep(optimizer, params, { w: tf.tensor1d([1, -1]) }, state)
 * expect(tf.memory().numTensors).toBe(before)
 * ```
 */
export function takeStep<S extends State>(
  optimizer: Transform<S>,
  params: Parameters,
  gradients: Updates,
  state: S,
  { gradientNorm }: StepOptions = {},
): S {
  if (optimizer.step === undefined) return stepByUpdates(optimizer, params, gradients, state)
  const norm = (): Factor => gradientNorm ?? globalNorm(Object.values(gradients))
  let next = state
  tf.tidy(() => {
    next = optimizer.step?.(params, gradients, state, { scale: 1, norm }) ?? state
  })
  tf.dispose(Object.values(gradients))
  return next
}

function stepByUpdates<S extends State>(
  optimizer: Transform<S>,
  params: Parameters,
  gradients: Updates,
  state: S,
): S {
  let next = state
  tf.tidy(() => {
    const result = optimizer.update(gradients, state, params)
    applyUpdates(params, result.updates)
    next = result.state
    for (const leaf of Object.values(flattenState(next))) {
      if (typeof leaf !== 'number') tf.keep(leaf)
    }
  })
  disposeState(state, next)
  disposeState(gradients, next)
  return next
}
