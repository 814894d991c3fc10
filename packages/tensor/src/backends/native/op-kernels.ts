import { productOptions } from '@llm/kernels'
import type { tf } from '../../tf.js'
import type { Call, NativeKernel } from './kernel.js'
import { activationKernels } from './ops/activations.js'
import { embeddingKernels } from './ops/embedding.js'
import { lossKernels } from './ops/losses.js'
import { normKernels } from './ops/norms.js'
import { at, last, rowsOf } from './ops/sizes.js'
import { updateKernels } from './ops/updates.js'

/** The kernels of this package's ops, under the names the ops run them by. */
export const opKernels: Readonly<Record<string, NativeKernel>> = {
  ...activationKernels,
  ...embeddingKernels,
  ...lossKernels,
  ...normKernels,
  ...updateKernels,
  LlmLinear: linear,
  LlmLinearGradX: linearGradX,
  LlmLinearGradWeight: linearGradWeight,
  LlmAttention: attention,
  LlmAttentionGrad: attentionGrad,
}

const none = new Float32Array(0)

function linear({ kernels, backend, inputs }: Call): tf.TensorInfo[] {
  const [x, weight] = [inputs.get('x'), inputs.get('weight')]
  const [rows, k, n] = [rowsOf(x), at(weight, 0), at(weight, 1)]
  const y = backend.output([...x.shape.slice(0, -1), n])
  const bias = inputs.has('bias') ? backend.floats(inputs.get('bias')) : none
  kernels.product(backend.floats(x), backend.floats(weight), bias, y.values, 1, rows, n, k, 0)
  return [y.info]
}

function linearGradX({ kernels, backend, inputs }: Call): tf.TensorInfo[] {
  const [dy, weight] = [inputs.get('dy'), inputs.get('weight')]
  const [rows, k, n] = [rowsOf(dy), at(weight, 0), at(weight, 1)]
  const dx = backend.output([...dy.shape.slice(0, -1), k])
  const { transposeB } = productOptions
  kernels.product(
    backend.floats(dy),
    backend.floats(weight),
    none,
    dx.values,
    1,
    rows,
    k,
    n,
    transposeB,
  )
  return [dx.info]
}

function linearGradWeight({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const [dy, x] = [inputs.get('dy'), inputs.get('x')]
  const [rows, k, n] = [rowsOf(dy), last(x), last(dy)]
  const dWeight = backend.output([k, n])
  const [dyValues, xValues] = [backend.floats(dy), backend.floats(x)]
  const { transposeA } = productOptions
  kernels.product(xValues, dyValues, none, dWeight.values, 1, k, n, rows, transposeA)
  if (!attributes.boolean('bias')) return [dWeight.info]
  const dBias = backend.output([n])
  kernels.sumColumns(dyValues, dBias.values, rows)
  return [dWeight.info, dBias.info]
}

function attention({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const [q, k, v] = [inputs.get('q'), inputs.get('k'), inputs.get('v')]
  const [batch, queries, width] = [at(q, 0), at(q, 1), at(q, 2)]
  const nHeads = attributes.number('nHeads')
  const y = backend.output(q.shape)
  const logSumExp = backend.output([batch, nHeads, queries])
  kernels.attention(
    backend.floats(q),
    backend.floats(k),
    backend.floats(v),
    y.values,
    logSumExp.values,
    batch,
    queries,
    at(k, 1),
    nHeads,
    width,
    attributes.boolean('causal'),
  )
  return [y.info, logSumExp.info]
}

function attentionGrad({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const [q, k, v] = [inputs.get('q'), inputs.get('k'), inputs.get('v')]
  const [dq, dk, dv] = [backend.output(q.shape), backend.output(k.shape), backend.output(v.shape)]
  kernels.attentionGrad(
    backend.floats(inputs.get('dy')),
    backend.floats(q),
    backend.floats(k),
    backend.floats(v),
    backend.floats(inputs.get('y')),
    backend.floats(inputs.get('logSumExp')),
    dq.values,
    dk.values,
    dv.values,
    at(q, 0),
    at(q, 1),
    at(k, 1),
    attributes.number('nHeads'),
    at(q, 2),
    attributes.boolean('causal'),
  )
  return [dq.info, dk.info, dv.info]
}
