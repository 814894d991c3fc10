import { tf } from '@llm/tensor'
import type { State } from './types.js'

/**
 * The leaves of a state by path: `{ '0/step': 3, '0/m/h.0.ln_1.weight': tensor, ... }`. The tensors are shared, not copied.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { flattenState } = await import('./state.js')
 * expect(flattenState([{ step: 3 }, []])).toEqual({ '0/step': 3 })
 * ```
 */
export function flattenState(state: State): Record<string, number | tf.Tensor> {
  const leaves: Record<string, number | tf.Tensor> = {}
  visit(state, '', (path, leaf) => {
    leaves[path] = leaf
    return leaf
  })
  return leaves
}

/**
 * A state shaped like `template` (what `init` returns) with the leaves of `leaves`: undoes {@link flattenState}.
 *
 * The leaves become the state's own; the template's tensors are left to the caller.
 *
 * @throws RangeError when a leaf is missing, left over, or of another kind or shape than the template's.
 */
export function restoreState(
  template: State,
  leaves: Readonly<Record<string, number | tf.Tensor>>,
): State {
  const left = new Set(Object.keys(leaves))
  const state = visit(template, '', (path, leaf) => {
    const saved = leaves[path]
    if (!left.delete(path) || saved === undefined || describe(saved) !== describe(leaf)) {
      throw new RangeError(
        `restoreState: expected ${path} to be ${describe(leaf)}, got ${saved === undefined ? 'nothing' : describe(saved)}; the state was saved by another optimizer`,
      )
    }
    return saved
  })
  for (const path of left) {
    throw new RangeError(
      `restoreState: expected no leaf at ${path}, got ${describe(leaves[path]!)}; the state was saved by another optimizer`,
    )
  }
  return state
}

/**
 * The first number of that name in a state, such as `learningRate` or `step`; `undefined` when there is none.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { findNumber } = await import('./state.js')
 * expect(findNumber([{ step: 3 }, { step: 3, learningRate: 0.1 }], 'learningRate')).toBe(0.1)
 * ```
 */
export function findNumber(state: State, name: string): number | undefined {
  if (typeof state === 'number' || state instanceof tf.Tensor) return undefined
  for (const [key, part] of Object.entries(state)) {
    const found = key === name && typeof part === 'number' ? part : findNumber(part, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Disposes of a state's tensors, except those that `keep` holds too. */
export function disposeState(state: State, keep: State = []): void {
  const kept = new Set(Object.values(flattenState(keep)))
  for (const leaf of Object.values(flattenState(state))) {
    if (typeof leaf !== 'number' && !kept.has(leaf)) leaf.dispose()
  }
}

/** Rebuilds a state with `f` of each leaf. */
function visit(
  state: State,
  path: string,
  f: (path: string, leaf: number | tf.Tensor) => number | tf.Tensor,
): State {
  if (typeof state === 'number' || state instanceof tf.Tensor) return f(path, state)
  const below = (name: string | number): string => (path === '' ? `${name}` : `${path}/${name}`)
  if (isArray(state)) return state.map((part, i) => visit(part, below(i), f))
  return Object.fromEntries(
    Object.entries(state).map(([name, part]) => [name, visit(part, below(name), f)]),
  )
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(state: State): state is readonly State[] {
  return Array.isArray(state)
}

function describe(leaf: number | tf.Tensor): string {
  return typeof leaf === 'number' ? 'a number' : `a tensor of shape [${leaf.shape}]`
}
