import type { tf } from '../../../tf.js'
import type { Call, NativeKernel } from '../kernel.js'

export const activationKernels: Readonly<Record<string, NativeKernel>> = {
  LlmGelu: gelu,
  LlmGeluGrad: geluGrad,
  LlmDropout: dropout,
}

function gelu({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const x = inputs.get('x')
  const y = backend.output(x.shape)
  kernels.gelu(backend.floats(x), attributes.boolean('tanh'), y.values)
  return [y.info]
}

function geluGrad({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const [dy, x] = [inputs.get('dy'), inputs.get('x')]
  const dx = backend.output(x.shape)
  kernels.geluGrad(backend.floats(dy), backend.floats(x), attributes.boolean('tanh'), dx.values)
  return [dx.info]
}

function dropout({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const x = inputs.get('x')
  const y = backend.output(x.shape)
  kernels.dropout(
    backend.floats(x),
    attributes.number('rate'),
    attributes.number('high'),
    attributes.number('low'),
    y.values,
  )
  return [y.info]
}
