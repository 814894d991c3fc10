import { alias } from '../capture/record.js'
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

/**
 * tf.customGrad, with the inputs in a list and the save function typed. Where no gradient of the gradient can be asked
 * for, it is put on the tape without going through the engine, which would run a kernel for each tensor saved.
 */
export function differentiable({ inputs, forward, gradient }: Differentiable): tf.Tensor {
  const engine = tf.engine()
  const { state } = engine
  if (state.gradientDepth > 1) return differentiableTwice({ inputs, forward, gradient })
  const recording = engine.isTapeOn()
  const saved: tf.Tensor[] = []
  const save = (tensors: tf.Tensor[]): void => {
    if (recording) saved.push(...tensors.map(alias))
  }
  let y: tf.Tensor
  state.kernelDepth++
  try {
    y = engine.tidy(() => forward(save))
  } finally {
    state.kernelDepth--
  }
  if (!recording) return y
  state.activeTape.push({
    id: state.nextTapeNodeId++,
    kernelName: 'differentiable',
    inputs: numbered(inputs),
    outputs: [y],
    saved,
    gradient: (dys) => numbered(gradient(take(dys, 0), saved).map((dx) => () => dx)),
  })
  return y
}

/** A list as the tape and kernels take it: by the names '0', '1', ... */
function numbered<T>(list: readonly T[]): Record<string, T> {
  const named: Record<string, T> = {}
  list.forEach((item, i) => {
    named[i] = item
  })
  return named
}

/** What is saved is on the tape too. */
function differentiableTwice({ inputs, forward, gradient }: Differentiable): tf.Tensor {
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
