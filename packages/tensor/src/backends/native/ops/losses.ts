import type { tf } from '../../../tf.js'
import type { Call, NativeKernel } from '../kernel.js'
import { rowsOf } from './sizes.js'

export const lossKernels: Readonly<Record<string, NativeKernel>> = {
  LlmCrossEntropy: crossEntropy,
  LlmCrossEntropyGrad: crossEntropyGrad,
}

function crossEntropy({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const logits = inputs.get('logits')
  const logSumExp = backend.output([rowsOf(logits)])
  const result = new Float32Array(2)
  kernels.crossEntropy(
    backend.floats(logits),
    backend.integers(inputs.get('targets')),
    attributes.number('ignoreIndex'),
    logSumExp.values,
    result,
  )
  const loss = backend.makeTensorInfo([], 'float32', result.slice(0, 1))
  const count = backend.makeTensorInfo([], 'float32', result.slice(1))
  return [loss, logSumExp.info, count]
}

function crossEntropyGrad({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const logits = inputs.get('logits')
  const dLogits = backend.output(logits.shape)
  const count = backend.floats(inputs.get('count'))[0] ?? 0
  const dy = backend.floats(inputs.get('dy'))[0] ?? 0
  kernels.crossEntropyGrad(
    backend.floats(logits),
    backend.integers(inputs.get('targets')),
    attributes.number('ignoreIndex'),
    backend.floats(inputs.get('logSumExp')),
    dy / Math.max(count, 1),
    dLogits.values,
  )
  return [dLogits.info]
}
