import type { tf } from '@llm/tensor'
import type { Updates } from './types.js'

/** The same names with `f` of each tensor. */
export function mapUpdates(
  updates: Updates,
  f: (tensor: tf.Tensor, name: string) => tf.Tensor,
): Updates {
  return Object.fromEntries(
    Object.entries(updates).map(([name, tensor]) => [name, f(tensor, name)]),
  )
}
