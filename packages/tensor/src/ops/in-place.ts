import { forbid } from '../capture/record.js'
import { tf } from '../tf.js'
import { expectFloat, expectShape } from './check.js'
import { hasKernel, runKernel, take } from './run.js'

/** Parameters, their gradients and what an optimizer remembers of each, in lists of one order. */
export interface Update {
  readonly parameters: readonly tf.Variable[]
  readonly gradients: readonly tf.Tensor[]
  /** Of each parameter, the tensors that its update replaces. They are used up. */
  readonly state: readonly (readonly tf.Tensor[])[]
  /** What the gradients are multiplied by first. */
  readonly gradientScale: number | tf.Tensor
}

/**
 * Runs the kernel `name`, which writes parameters and state in their own memory, or the reference for one parameter
 * after the other where the backend has no kernel. Returns the new state: the same tensors where they could be written,
 * others where somebody else holds their data. New ones are kept.
 *
 * The kernel's inputs are the parameters, the gradients, the state of the first parameter, of the second, ..., and the
 * scale when it is a tensor; otherwise it is the attribute `gradientScale`.
 */
export function updateInPlace(
  name: string,
  { parameters, gradients, state, gradientScale }: Update,
  attributes: Record<string, number | boolean | number[]>,
  reference: (gradient: tf.Tensor, index: number) => { parameter: tf.Tensor; state: tf.Tensor[] },
): tf.Tensor[][] {
  forbid('it updates in place')
  const backend = tf.backend()
  if (hasKernel(name) && ownsMemory(backend)) {
    for (const parameter of parameters) own(backend, parameter)
    const next = state.map((tensors) => tensors.map((tensor) => own(backend, tensor)))
    const scale = typeof gradientScale === 'number' ? [] : [gradientScale]
    const inputs = [...parameters, ...gradients, ...next.flat(), ...scale]
    const factor = typeof gradientScale === 'number' ? gradientScale : 1
    const named = Object.fromEntries(inputs.entries())
    runKernel(name, named, { ...attributes, gradientScale: factor })
    return next
  }
  return parameters.map((parameter, i) => {
    const gradient = take(gradients, i)
    const next = tf.tidy(() => {
      const result = reference(tf.mul(gradient, gradientScale), i)
      parameter.assign(result.parameter)
      return result.state
    })
    tf.dispose([...(state[i] ?? [])])
    return next.map((tensor) => tf.keep(tensor))
  })
}

/** @throws TypeError or RangeError unless gradients, state and decays fit the parameters */
export function expectUpdate(op: string, update: Update, decays: readonly number[]): void {
  const { parameters, gradients, state } = update
  for (const [name, list] of Object.entries({ gradients, moments: state, weightDecay: decays })) {
    if (list.length !== parameters.length) {
      throw new RangeError(
        `${op}: expected ${name} for each of ${parameters.length} parameters, got ${list.length}`,
      )
    }
  }
  for (const [i, parameter] of parameters.entries()) {
    expectFloat(op, `parameter ${i}`, parameter)
    const gradient = take(gradients, i)
    expectFloat(op, `gradient ${i}`, gradient)
    expectShape(op, `gradient ${i}`, gradient, parameter.shape)
  }
  const { gradientScale } = update
  if (typeof gradientScale !== 'number') {
    expectFloat(op, 'gradientScale', gradientScale)
    expectShape(op, 'gradientScale', gradientScale, [])
  }
}

/** @throws RangeError unless the number is from 0 to below 1 */
export function expectBeta(op: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${op}: expected ${name} from 0 to below 1, got ${value}`)
  }
}

/** @throws RangeError unless the number is an integer from 1 */
export function expectStep(op: string, step: number): void {
  if (!Number.isSafeInteger(step) || step < 1) {
    throw new RangeError(`${op}: expected step to be an integer >= 1, got ${step}`)
  }
}

/** What a backend offers whose kernels can write the memory of a tensor. */
interface OwnsMemory {
  /** Makes the tensor's memory one that only its data sees; false where other tensors share the data. */
  own(tensor: tf.TensorInfo): boolean
  /** The same elements in memory of their own. */
  copy(tensor: tf.TensorInfo): tf.TensorInfo
}

function ownsMemory(backend: object): backend is OwnsMemory {
  return 'own' in backend && 'copy' in backend
}

/** The tensor where its memory may be written; else a copy in its place. */
function own(backend: OwnsMemory, tensor: tf.Tensor): tf.Tensor {
  if (backend.own(tensor)) return tensor
  const copy = tf.keep(tf.engine().makeTensorFromTensorInfo(backend.copy(tensor)))
  if (tensor instanceof tf.Variable) {
    tensor.assign(copy)
    copy.dispose()
    return tensor
  }
  tensor.dispose()
  return copy
}
