import type { tf } from '../../../tf.js'
import type { Call, NativeKernel } from '../kernel.js'
import { last, rowsOf } from './sizes.js'

export const normKernels: Readonly<Record<string, NativeKernel>> = {
  LlmLayerNorm: layerNorm,
  LlmLayerNormGrad: layerNormGrad,
}

function layerNorm({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const x = inputs.get('x')
  const y = backend.output(x.shape)
  const [mean, inverse] = [backend.output([rowsOf(x), 1]), backend.output([rowsOf(x), 1])]
  kernels.layerNorm(
    backend.floats(x),
    backend.floats(inputs.get('gain')),
    backend.floats(inputs.get('bias')),
    attributes.number('epsilon'),
    y.values,
    mean.values,
    inverse.values,
  )
  return [y.info, mean.info, inverse.info]
}

function layerNormGrad({ kernels, backend, inputs }: Call): tf.TensorInfo[] {
  const x = inputs.get('x')
  const dx = backend.output(x.shape)
  const [dGain, dBias] = [backend.output([last(x)]), backend.output([last(x)])]
  kernels.layerNormGrad(
    backend.floats(inputs.get('dy')),
    backend.floats(x),
    backend.floats(inputs.get('gain')),
    backend.floats(inputs.get('mean')),
    backend.floats(inputs.get('inverse')),
    dx.values,
    dGain.values,
    dBias.values,
  )
  return [dx.info, dGain.info, dBias.info]
}
