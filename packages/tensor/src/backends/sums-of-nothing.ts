import { tf } from '../tf.js'
import { replaceKernel } from './replace-kernel.js'

/**
 * Gives the sums, means and products of a backend the case of nothing to add up, which is 0 as on TensorFlow.js's CPU backend:
 * its WebAssembly leaves the memory as it was, WebGPU has no empty buffers, and it and TensorFlow divide by the number of elements.
 */
export function zerosOverNothing(backendName: string): void {
  for (const kernelName of ['Sum', 'Mean']) {
    replace(kernelName, backendName, ({ x }, { axis, keepDims }) => {
      return x && sumShape(x.shape, axis, keepDims === true)
    })
  }
  replace('BatchMatMul', backendName, ({ a, b }, { transposeA, transposeB }) => {
    if (a === undefined || b === undefined) return undefined
    const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB)
    const [m, n] = [a.shape.at(transposeA ? -1 : -2), b.shape.at(transposeB ? -2 : -1)]
    return m === undefined || n === undefined ? undefined : [...batch, m, n]
  })
}

/** Zeros in the shape given where an input is empty, TensorFlow.js's kernel elsewhere. */
function replace(
  kernelName: string,
  backendName: string,
  shapeOf: (inputs: tf.NamedTensorInfoMap, attributes: tf.NamedAttrMap) => number[] | undefined,
): void {
  const fill = tf.getKernel('Fill', backendName)
  replaceKernel(kernelName, backendName, (theirs) => (call) => {
    const { inputs, attrs = {}, backend } = call
    const given = Object.values(inputs).filter((input) => input !== undefined)
    const empty = given.some((input) => input.shape.includes(0))
    const shape = empty ? shapeOf(inputs, attrs) : undefined
    if (shape === undefined) return theirs(call)
    const { dtype = 'float32' } = given[0] ?? {}
    return fill.kernelFunc({ inputs: {}, attrs: { shape, value: 0, dtype }, backend })
  })
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
