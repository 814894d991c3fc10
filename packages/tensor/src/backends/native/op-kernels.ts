import type { tf } from '../../tf.js'
import type { Call, NativeKernel } from './kernel.js'
import { activationKernels } from './ops/activations.js'
import { embeddingKernels } from './ops/embedding.js'
import { linearKernels } from './ops/linear.js'
import { lossKernels } from './ops/losses.js'
import { normKernels } from './ops/norms.js'
import { at } from './ops/sizes.js'
import { updateKernels } from './ops/updates.js'

/** The kernels of this package's ops, under the names the ops run them by. */
export const opKernels: Readonly<Record<string, NativeKernel>> = {
  ...activationKernels,
  ...embeddingKernels,
  ...linearKernels,
  ...lossKernels,
  ...normKernels,
  ...updateKernels,
  LlmAttention: attention,
  LlmAttentionGrad: attentionGrad,
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
