import { linearOptions } from '@llm/kernels'
import type { PreparedCall } from '../../../capture/bound.js'
import { type Attributes, type Call, type NativeKernel, prepared } from '../kernel.js'
import { at, last, none, rowsOf } from './sizes.js'

export const linearKernels: Readonly<Record<string, NativeKernel>> = {
  LlmLinear: linear,
  LlmLinearGrad: linearGrad,
}

function linear({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [x, weight] = [inputs.get('x'), inputs.get('weight')]
  const width = at(weight, attributes.boolean('transposed') ? 0 : 1)
  const shape = [...x.shape.slice(0, -1), width]
  const y = backend.output(shape)
  const hidden = attributes.boolean('hidden') ? backend.output(shape) : undefined
  return prepared(
    hidden === undefined ? [y.info] : [y.info, hidden.info],
    kernels.linear,
    backend.floats(x),
    backend.floats(weight),
    inputs.has('bias') ? backend.floats(inputs.get('bias')) : none,
    inputs.has('residual') ? backend.floats(inputs.get('residual')) : none,
    y.values,
    hidden?.values ?? none,
    rowsOf(x),
    last(x),
    width,
    optionsOf(attributes),
  )
}

function linearGrad({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [dy, x, weight] = [inputs.get('dy'), inputs.get('x'), inputs.get('weight')]
  const [dx, dWeight] = [backend.output(x.shape), backend.output(weight.shape)]
  const dBias = attributes.boolean('bias') ? backend.output([last(dy)]) : undefined
  return prepared(
    dBias === undefined ? [dx.info, dWeight.info] : [dx.info, dWeight.info, dBias.info],
    kernels.linearGrad,
    backend.floats(dy),
    backend.floats(x),
    backend.floats(weight),
    inputs.has('hidden') ? backend.floats(inputs.get('hidden')) : none,
    dx.values,
    dWeight.values,
    dBias?.values ?? none,
    rowsOf(dy),
    last(x),
    last(dy),
    optionsOf(attributes),
  )
}

function optionsOf(attributes: Attributes): number {
  const activation = attributes.boolean('tanh') ? linearOptions.geluTanh : linearOptions.gelu
  return (
    (attributes.boolean('transposed') ? linearOptions.transposed : 0) +
    (attributes.boolean('bfloat16') ? linearOptions.bfloat16 : 0) +
    (attributes.boolean('gelu') ? activation : 0)
  )
}
