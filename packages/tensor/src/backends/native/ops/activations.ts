import type { PreparedCall } from '../../../capture/bound.js'
import { type Call, type NativeKernel, prepared } from '../kernel.js'
import { last, none } from './sizes.js'

export const activationKernels: Readonly<Record<string, NativeKernel>> = {
  LlmGelu: gelu,
  LlmGeluGrad: geluGrad,
  LlmSwiglu: swiglu,
  LlmSwigluGrad: swigluGrad,
  LlmDropout: dropout,
}

function gelu({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const x = inputs.get('x')
  const y = backend.output(x.shape)
  return prepared([y.info], kernels.gelu, backend.floats(x), attributes.boolean('tanh'), y.values)
}

function geluGrad({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [dy, x] = [inputs.get('dy'), inputs.get('x')]
  const dx = backend.output(x.shape)
  return prepared(
    [dx.info],
    kernels.geluGrad,
    backend.floats(dy),
    backend.floats(x),
    attributes.boolean('tanh'),
    dx.values,
  )
}

function swiglu({ kernels, backend, inputs }: Call): PreparedCall {
  const gate = inputs.get('gate')
  const packed = !inputs.has('up')
  const up = packed ? none : backend.floats(inputs.get('up'))
  const width = packed ? last(gate) / 2 : last(gate)
  const y = backend.output(packed ? [...gate.shape.slice(0, -1), width] : gate.shape)
  return prepared([y.info], kernels.swiglu, backend.floats(gate), up, y.values, width)
}

function swigluGrad({ kernels, backend, inputs }: Call): PreparedCall {
  const [dy, gate] = [inputs.get('dy'), inputs.get('gate')]
  const packed = !inputs.has('up')
  const up = packed ? none : backend.floats(inputs.get('up'))
  const dGate = backend.output(gate.shape)
  const dUp = packed ? undefined : backend.output(gate.shape)
  return prepared(
    dUp === undefined ? [dGate.info] : [dGate.info, dUp.info],
    kernels.swigluGrad,
    backend.floats(dy),
    backend.floats(gate),
    up,
    dGate.values,
    dUp?.values ?? none,
    last(dy),
  )
}

function dropout({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const x = inputs.get('x')
  const y = backend.output(x.shape)
  return prepared(
    [y.info],
    kernels.dropout,
    backend.floats(x),
    attributes.number('rate'),
    attributes.number('high'),
    attributes.number('low'),
    y.values,
  )
}
