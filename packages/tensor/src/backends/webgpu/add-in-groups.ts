import { tf } from '../../tf.js'
import { replaceKernel } from '../replace-kernel.js'

/** A device promises eight buffers to a shader: seven to read and one to write. */
const largestGroup = 7

/** Lets TensorFlow.js's WebGPU kernel add up more tensors than a shader may have buffers. */
export function addInGroups(): void {
  replaceKernel('AddN', 'webgpu', (theirs) => ({ inputs, attrs = {}, backend }) => {
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

/** The kernel takes a list, though the types of TensorFlow.js know only records. */
function asInputs(list: unknown): tf.NamedTensorInfoMap {
  if (!isInputs(list)) throw new TypeError('AddN: expected a list of tensors')
  return list
}

function isInputs(list: unknown): list is tf.NamedTensorInfoMap {
  return Array.isArray(list)
}
