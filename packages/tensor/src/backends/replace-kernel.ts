import { tf } from '../tf.js'

const replaced = new Set<string>()

/** Puts a kernel in the place of TensorFlow.js's own, which it may call; once, and only where there is one. */
export function replaceKernel(
  kernelName: string,
  backendName: string,
  ours: (theirs: tf.KernelFunc) => tf.KernelFunc,
): void {
  const theirs = tf.getKernel(kernelName, backendName)
  const name = `${backendName}.${kernelName}`
  if (theirs == null || replaced.has(name)) return
  replaced.add(name)
  tf.unregisterKernel(kernelName, backendName)
  tf.registerKernel({ ...theirs, kernelFunc: ours(theirs.kernelFunc) })
}
