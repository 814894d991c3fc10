import { tf } from '../../tf.js'

let done = false

/**
 * Puts right what TensorFlow.js's WebGPU kernels of sums and products cannot do:
 * add up nothing, which is 0 (the device takes no empty buffers, and the sum divides by the number of elements),
 * and add up more tensors than a shader may have buffers.
 */
export function repairSums(): void {
  if (done || tf.getKernel('Fill', 'webgpu') == null) return
  done = true
  zerosOverNothing('Sum', ({ x }, { axis, keepDims }) => {
    return x && sumShape(x.shape, axis, keepDims === true)
  })
  zerosOverNothing('BatchMatMul', ({ a, b }, { transposeA, transposeB }) => {
    if (a === undefined || b === undefined) return undefined
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(
      a.shape.slice(0, -2),
      b.shape.slice(0, -2),
    )
    const [m, n] = [a.shape.at(transposeA ? -1 : -2), b.shape.at(transposeB ? -2 : -1)]
    return m === undefined || n === undefined ? undefined : [...batch, m, n]
  })
  addInGroups()
}

/** Zeros of the shape given where an input is empty, TensorFlow.js's kernel elsewhere. */
function zerosOverNothing(
  kernelName: string,
  shapeOf: (inputs: tf.NamedTensorInfoMap, attributes: tf.NamedAttrMap) => number[] | undefined,
): void {
  const fill = tf.getKernel('Fill', 'webgpu')
  replace(kernelName, (theirs) => (call) => {
    const { inputs, attrs = {}, backend } = call
    const [first, ...others] = Object.values(inputs)
    const empty = [first, ...others].some((input) => input?.shape.includes(0))
    const shape = empty ? shapeOf(inputs, attrs) : undefined
    if (shape === undefined || first === undefined) return theirs(call)
    const { dtype } = first
    return fill.kernelFunc({ inputs: {}, attrs: { shape, value: 0, dtype }, backend })
  })
}

/** A device promises eight buffers to a shader: seven to read and one to write. */
const largestGroup = 7

function addInGroups(): void {
  replace('AddN', (theirs) => ({ inputs, attrs = {}, backend }) => {
    const waiting = Object.values(inputs).filter((input) => input !== undefined)
    const sums = new Set<tf.TensorInfo>()
    for (;;) {
      const group = waiting.splice(0, largestGroup)
      const sum = theirs({ inputs: asInputs(group), attrs, backend })
      for (const input of group) {
        if (sums.delete(input) && backend instanceof tf.KernelBackend) {
          backend.disposeData(input.dataId)
        }
      }
      if (waiting.length === 0 || Array.isArray(sum)) return sum
      sums.add(sum)
      waiting.push(sum)
    }
  })
}

/** The kernel of sums takes a list, though the types of TensorFlow.js know only records. */
function asInputs(list: unknown): tf.NamedTensorInfoMap {
  if (!isInputs(list)) throw new TypeError('AddN: expected a list of tensors')
  return list
}

function isInputs(list: unknown): list is tf.NamedTensorInfoMap {
  return Array.isArray(list)
}

function replace(kernelName: string, ours: (theirs: tf.KernelFunc) => tf.KernelFunc): void {
  const theirs = tf.getKernel(kernelName, 'webgpu')
  tf.unregisterKernel(kernelName, 'webgpu')
  tf.registerKernel({ ...theirs, kernelFunc: ours(theirs.kernelFunc) })
}

function sumShape(shape: number[], axis: unknown, keepDims: boolean): number[] {
  const numbers = Array.isArray(axis) ? axis.filter((item) => typeof item === 'number') : axis
  const every = shape.map((_, i) => i)
  const axes =
    Array.isArray(numbers) || typeof numbers === 'number'
      ? tf.util.parseAxisParam(numbers, shape)
      : every
  return every.flatMap((i) => {
    if (!axes.includes(i)) return [shape[i] ?? 1]
    return keepDims ? [1] : []
  })
}
