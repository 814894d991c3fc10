import { tf } from '../../tf.js'

let done = false

/**
 * Gives TensorFlow.js's WebGPU kernels of sums and products the case of nothing to add up, which is 0: the device takes
 * no empty buffers, and its sum divides by the number of elements.
 */
export function sumsOfNothing(): void {
  if (done || tf.getKernel('Fill', 'webgpu') == null) return
  done = true
  replace('Sum', ({ x }, { axis, keepDims }) => x && sumShape(x.shape, axis, keepDims === true))
  replace('BatchMatMul', ({ a, b }, { transposeA, transposeB }) => {
    if (a === undefined || b === undefined) return undefined
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(
      a.shape.slice(0, -2),
      b.shape.slice(0, -2),
    )
    const [m, n] = [a.shape.at(transposeA ? -1 : -2), b.shape.at(transposeB ? -2 : -1)]
    return m === undefined || n === undefined ? undefined : [...batch, m, n]
  })
}

/** Zeros of the shape given where an input is empty, TensorFlow.js's kernel elsewhere. */
function replace(
  kernelName: string,
  shapeOf: (inputs: tf.NamedTensorInfoMap, attributes: tf.NamedAttrMap) => number[] | undefined,
): void {
  const theirs = tf.getKernel(kernelName, 'webgpu')
  const fill = tf.getKernel('Fill', 'webgpu')
  tf.unregisterKernel(kernelName, 'webgpu')
  tf.registerKernel({
    ...theirs,
    kernelFunc: (call) => {
      const { inputs, attrs = {}, backend } = call
      const [first, ...others] = Object.values(inputs)
      const empty = [first, ...others].some((input) => input?.shape.includes(0))
      const shape = empty ? shapeOf(inputs, attrs) : undefined
      if (shape === undefined || first === undefined) return theirs.kernelFunc(call)
      const { dtype } = first
      return fill.kernelFunc({ inputs: {}, attrs: { shape, value: 0, dtype }, backend })
    },
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
