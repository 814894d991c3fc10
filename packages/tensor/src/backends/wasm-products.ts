import { tf } from '../tf.js'

let done = false

/**
 * Puts a transposition before TensorFlow.js's WebAssembly product of transposed matrices: its own way of reading them
 * transposed leaves the fast path. Gradients are full of such products: a GPT-2 training step takes a third of the time this way
 * (bench/gpt2-step.mjs wasm A).
 */
export function transposeBeforeProducts(): void {
  const product = tf.getKernel('BatchMatMul', 'wasm')
  const transpose = tf.getKernel('Transpose', 'wasm')
  if (done || product == null || transpose == null) return
  done = true
  tf.unregisterKernel('BatchMatMul', 'wasm')
  tf.registerKernel({
    ...product,
    kernelFunc: ({ inputs, attrs = {}, backend }) => {
      const temporary: tf.TensorInfo[] = []
      const plain = (matrix: tf.TensorInfo, transposed: boolean): tf.TensorInfo => {
        if (!transposed) return matrix
        const out = one(
          transpose.kernelFunc({
            inputs: { x: matrix },
            attrs: { perm: lastTwoSwapped(matrix.shape.length) },
            backend,
          }),
        )
        temporary.push(out)
        return out
      }
      const { a, b } = inputs
      if (a === undefined || b === undefined) {
        return product.kernelFunc({ inputs, attrs, backend })
      }
      const operands = {
        a: plain(a, attrs.transposeA === true),
        b: plain(b, attrs.transposeB === true),
      }
      const result = product.kernelFunc({
        inputs: operands,
        attrs: { ...attrs, transposeA: false, transposeB: false },
        backend,
      })
      for (const { dataId } of temporary) {
        if (backend instanceof tf.KernelBackend) backend.disposeData(dataId)
      }
      return result
    },
  })
}

function lastTwoSwapped(rank: number): number[] {
  const order = Array.from({ length: rank }, (_, axis) => axis)
  order.push(...order.splice(-2).reverse())
  return order
}

function one(result: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo {
  const first = Array.isArray(result) ? result[0] : result
  if (first === undefined) throw new Error('Transpose: expected a tensor')
  return first
}
