import type { PreparedCall } from '../../../capture/bound.js'
import { type Call, type NativeKernel, prepared } from '../kernel.js'
import { last, none, rowsOf } from './sizes.js'

export const normKernels: Readonly<Record<string, NativeKernel>> = {
  LlmLayerNorm: layerNorm,
  LlmLayerNormGrad: layerNormGrad,
  LlmRmsNorm: rmsNorm,
  LlmRmsNormGrad: rmsNormGrad,
}

function layerNorm({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const x = inputs.get('x')
  const y = backend.output(x.shape)
  const [mean, inverse] = [backend.output([rowsOf(x), 1]), backend.output([rowsOf(x), 1])]
  return prepared(
    [y.info, mean.info, inverse.info],
    kernels.layerNorm,
    backend.floats(x),
    backend.floats(inputs.get('gain')),
    inputs.has('bias') ? backend.floats(inputs.get('bias')) : none,
    attributes.number('epsilon'),
    y.values,
    mean.values,
    inverse.values,
  )
}

function layerNormGrad({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const x = inputs.get('x')
  const dx = backend.output(x.shape)
  const dGain = backend.output([last(x)])
  const dBias = attributes.boolean('bias') ? backend.output([last(x)]) : undefined
  return prepared(
    dBias === undefined ? [dx.info, dGain.info] : [dx.info, dGain.info, dBias.info],
    kernels.layerNormGrad,
    backend.floats(inputs.get('dy')),
    backend.floats(x),
    backend.floats(inputs.get('gain')),
    backend.floats(inputs.get('mean')),
    backend.floats(inputs.get('inverse')),
    dx.values,
    dGain.values,
    dBias?.values ?? none,
  )
}

function rmsNorm({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const x = inputs.get('x')
  const [y, inverse] = [backend.output(x.shape), backend.output([rowsOf(x), 1])]
  return prepared(
    [y.info, inverse.info],
    kernels.rmsNorm,
    backend.floats(x),
    backend.floats(inputs.get('gain')),
    attributes.number('epsilon'),
    y.values,
    inverse.values,
  )
}

function rmsNormGrad({ kernels, backend, inputs }: Call): PreparedCall {
  const x = inputs.get('x')
  const [dx, dGain] = [backend.output(x.shape), backend.output([last(x)])]
  return prepared(
    [dx.info, dGain.info],
    kernels.rmsNormGrad,
    backend.floats(inputs.get('dy')),
    backend.floats(x),
    backend.floats(inputs.get('gain')),
    backend.floats(inputs.get('inverse')),
    dx.values,
    dGain.values,
  )
}
