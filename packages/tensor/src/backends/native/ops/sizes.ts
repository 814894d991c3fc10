import type { tf } from '../../../tf.js'

/** The size of an axis; 1 where there is none. */
export function at(x: tf.TensorInfo, axis: number): number {
  return x.shape[axis] ?? 1
}

/** The size of the last axis. */
export function last(x: tf.TensorInfo): number {
  return at(x, x.shape.length - 1)
}

/** The product of the sizes of all axes but the last. */
export function rowsOf(x: tf.TensorInfo): number {
  return x.shape.slice(0, -1).reduce((product, size) => product * size, 1)
}

/** What a kernel gets for a tensor that is not there. */
export const none: Float32Array = new Float32Array(0)
