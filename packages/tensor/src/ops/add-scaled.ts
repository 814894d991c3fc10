import { tf } from '../tf.js'
import { expectFloat, expectShape } from './check.js'
import { differentiable, run, take } from './run.js'

/**
 * `x + a y`, element by element, in one pass.
 *
 * Kernel: `LlmAddScaled` with the attribute `a`.
 *
 * @param x of any shape, float32
 * @param y the shape of x
 * @param a a number
 * @throws TypeError or RangeError if the types or shapes do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { addScaled } = await import('./add-scaled.js')
 * expect(addScaled(tf.tensor1d([1, 2]), tf.tensor1d([10, 20]), -0.5).arraySync()).toEqual([-4, -8])
 * ```
 */
export function addScaled(x: tf.Tensor, y: tf.Tensor, a: number): tf.Tensor {
  expectFloat('addScaled', 'x', x)
  expectFloat('addScaled', 'y', y)
  expectShape('addScaled', 'y', y, x.shape)
  return differentiable({
    inputs: [x, y],
    forward: () =>
      take(
        run('LlmAddScaled', { x, y }, { a }, () => [tf.add(x, tf.mul(y, a))]),
        0,
      ),
    gradient: (dy) => [tf.clone(dy), tf.mul(dy, a)],
  })
}
