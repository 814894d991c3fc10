import { tf } from '../tf.js'
import { expectFloat } from './check.js'
import { differentiable, run, take } from './run.js'

/**
 * The Euclidean norm of all elements of all tensors together: `sqrt(sum of squares)`. What gradients are clipped by.
 *
 * Kernel: `LlmGlobalNorm` of all tensors.
 *
 * @param tensors float32, of any shapes
 * @returns a scalar; 0 for an empty list
 * @throws TypeError if a tensor is not float32
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { globalNorm } = await import('./global-norm.js')
 * expect(globalNorm([tf.tensor1d([2, 3]), tf.scalar(6)]).arraySync()).toBe(7)
 * ```
 */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  tensors.forEach((tensor, i) => {
    expectFloat('globalNorm', `tensor ${i}`, tensor)
  })
  if (tensors.length === 0) return tf.scalar(0)
  return tf.tidy(() =>
    differentiable({
      inputs: tensors,
      forward: (save) => {
        const result = take(
          run('LlmGlobalNorm', Object.fromEntries(tensors.entries()), {}, () => [
            reference(tensors),
          ]),
          0,
        )
        save([result, ...tensors])
        return result
      },
      gradient: (dy, saved) => {
        const factor = tf.divNoNan(dy, take(saved, 0))
        return saved.slice(1).map((tensor) => tf.mul(tensor, factor))
      },
    }).asScalar(),
  )
}

function reference(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tf.sqrt(tf.addN(tensors.map((x) => tf.sum(tf.square(x)))))
}
