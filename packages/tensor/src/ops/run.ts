import { tf } from '../tf.js'

/**
 * Runs the kernel that the active backend has registered under `name`, or `reference` when it has none.
 * A kernel gets the inputs and attributes as they are and returns the same list of tensors as the reference.
 */
export function run(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, number | boolean | number[]>,
  reference: () => tf.Tensor[],
): tf.Tensor[] {
  return hasKernel(name) ? runKernel(name, inputs, attributes) : reference()
}

/** Whether the active backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) != null
}

/** Runs the kernel that the active backend has registered under `name`. */
export function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, number | boolean | number[]>,
): tf.Tensor[] {
  return tf.engine().runKernel<tf.Tensor[]>(name, inputs, attributes)
}

/** Whether a gradient is being recorded, so that what is saved now will be used. */
export function isRecording(): boolean {
  return tf.engine().isTapeOn()
}

/** What {@link differentiable} needs to know: the forward pass, and the gradient from what it saved. */
export interface Differentiable {
  /** The inputs that have a gradient. */
  readonly inputs: readonly tf.Tensor[]
  /** Computes the output; `save` keeps tensors for the gradient. */
  readonly forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor
  /** The gradients of the inputs, in their order, from the output's. */
  readonly gradient: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[]
}

/** tf.customGrad, with the inputs in a list and the save function typed. */
export function differentiable({ inputs, forward, gradient }: Differentiable): tf.Tensor {
  const op = tf.customGrad((...given) => {
    const save = given[given.length - 1]
    if (typeof save !== 'function') throw new TypeError('differentiable: no save function came')
    return { value: forward(save), gradFunc: gradient }
  })
  return op(...inputs)
}

/** Tensor `index` of a kernel's result. */
export function take(tensors: readonly tf.Tensor[], index: number): tf.Tensor {
  const tensor = tensors[index]
  if (tensor === undefined) {
    throw new RangeError(`take: expected a tensor at ${index}, got ${tensors.length} tensors`)
  }
  return tensor
}
