import type { tf } from '../../../tf.js'
import type { Call, NativeKernel } from '../kernel.js'
import { at, last, none, rowsOf } from './sizes.js'

export const lossKernels: Readonly<Record<string, NativeKernel>> = {
  LlmCrossEntropy: crossEntropy,
  LlmCrossEntropyGrad: crossEntropyGrad,
  LlmLinearCrossEntropy: linearCrossEntropy,
  LlmLinearCrossEntropyGrad: linearCrossEntropyGrad,
}

function crossEntropy({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const logits = inputs.get('logits')
  const logSumExp = backend.output([rowsOf(logits)])
  const result = new Float32Array(2)
  kernels.crossEntropy(
    backend.floats(logits),
    backend.integers(inputs.get('targets')),
    attributes.number('ignoreIndex'),
    attributes.number('zLoss'),
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
    attributes.number('zLoss'),
    backend.floats(inputs.get('logSumExp')),
    dy / Math.max(count, 1),
    dLogits.values,
  )
  return [dLogits.info]
}

function linearCrossEntropy({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const [x, weight] = [inputs.get('x'), inputs.get('weight')]
  const gradients = attributes.boolean('gradients')
    ? [backend.output(x.shape), backend.output(weight.shape)]
    : []
  const loss = kernels.linearCrossEntropy(
    backend.floats(x),
    backend.floats(weight),
    backend.integers(inputs.get('targets')),
    last(x),
    at(weight, 0),
    attributes.number('ignoreIndex'),
    attributes.number('zLoss'),
    attributes.number('scale'),
    attributes.boolean('bfloat16'),
    gradients[0]?.values ?? none,
    gradients[1]?.values ?? none,
  )
  const result = backend.makeTensorInfo([], 'float32', Float32Array.of(loss))
  return [result, ...gradients.map(({ info }) => info)]
}

function linearCrossEntropyGrad({ kernels, backend, inputs }: Call): tf.TensorInfo[] {
  const dy = backend.floats(inputs.get('dy'))
  return [inputs.get('dx'), inputs.get('dWeight')].map((gradient) => {
    const values = backend.floats(gradient)
    if (dy[0] === 1 || values.length === 0) {
      backend.incRef(gradient.dataId)
      return { ...gradient }
    }
    const scaled = backend.output(gradient.shape)
    kernels.binary(MULTIPLY, values, dy, scaled.values)
    return scaled.info
  })
}

const MULTIPLY = 2
