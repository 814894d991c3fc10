import { tf } from '@llm/tensor'
import { disposeState } from './state.js'
import type { Factor, Scaling, State, Transform, Updates } from './types.js'

/**
 * Applies transforms one after the other: the updates of one are the gradients of the next.
 *
 * Where transforms that only scale come first and then one that can step in place, such as `clipByGlobalNorm` and `adamW`, so
 * does the chain.
 *
 * The state is the array of the transforms' states. `chain()` of nothing changes nothing. After optax's `chain`.
 *
 * @throws RangeError from `update` when the state has another number of parts: it came from another chain.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('@llm/tensor')
 * const { chain } = await import('./chain.js')
 * const { clipByGlobalNorm } = await import('./clip-by-global-norm.js')
 * const { scaleByRate } = await import('./scale-by-schedule.js')
 * const params = { w: tf.variable(tf.tensor1d([0, 0])) }
 * const optimizer = chain(clipByGlobalNorm(1), scaleByRate(0.5))
 * const { updates } = optimizer.update({ w: tf.tensor1d([3, 4]) }, optimizer.init(params), params)
 * const [x, y] = updates.w!.dataSync()
 * expect(x).toBeCloseTo(-0.3)
 * expect(y).toBeCloseTo(-0.4)
 * ```
 */
export function chain(...transforms: readonly Transform[]): Transform<readonly State[]> {
  const check = (state: readonly State[]): void => {
    if (state.length !== transforms.length) {
      throw new RangeError(
        `chain: expected a state of ${transforms.length} parts, got ${state.length}; use the state that this chain's init or update returned`,
      )
    }
  }
  return {
    ...inPlace(transforms, check),
    init: (params) => transforms.map((transform) => transform.init(params)),
    update(gradients, state, params) {
      check(state)
      let updates: Updates = gradients
      const next: State[] = []
      transforms.forEach((transform, i) => {
        const result = transform.update(updates, state[i]!, params)
        next.push(result.state)
        // What only the next transform needed goes at once: kept to the end, it would be a copy of the weights per transform.
        disposeState(updates, [gradients, result.updates, next, state])
        updates = result.updates
      })
      return { updates, state: next }
    },
  }
}

/** The step of a chain of factors with one step at its end; nothing for other chains. */
function inPlace(
  transforms: readonly Transform[],
  check: (state: readonly State[]) => void,
): Pick<Transform<readonly State[]>, 'step'> {
  const last = transforms.at(-1)
  const factors = transforms.slice(0, -1).map(({ factor }) => factor)
  if (last?.step === undefined || factors.includes(undefined)) return {}
  return {
    step(params, gradients, state, scaling) {
      check(state)
      const scaled = factors.reduce(
        (before, factor) =>
          factor === undefined ? before : scaleBy(factor(before.norm()), before),
        scaling,
      )
      const end = transforms.length - 1
      const next = last.step?.(params, gradients, state[end] ?? [], scaled) ?? []
      return [...state.slice(0, end), next]
    },
  }
}

function scaleBy(factor: Factor, { scale, norm }: Scaling): Scaling {
  const by = (x: Factor): Factor =>
    typeof x === 'number' && typeof factor === 'number' ? x * factor : tf.mul(x, factor)
  return { scale: by(scale), norm: () => by(norm()) }
}
