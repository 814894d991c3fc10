import type { tf } from '../../../tf.js'
import type { Call, NativeKernel } from '../kernel.js'
import { last } from './sizes.js'

export const embeddingKernels: Readonly<Record<string, NativeKernel>> = {
  LlmEmbedding: embedding,
  LlmEmbeddingGrad: embeddingGrad,
}

function embedding({ kernels, backend, inputs }: Call): tf.TensorInfo[] {
  const [table, ids] = [inputs.get('table'), inputs.get('ids')]
  const y = backend.output([...ids.shape, last(table)])
  kernels.embedding(backend.floats(table), backend.integers(ids), y.values, last(table))
  return [y.info]
}

function embeddingGrad({ kernels, backend, inputs, attributes }: Call): tf.TensorInfo[] {
  const [dy, ids] = [inputs.get('dy'), inputs.get('ids')]
  const dTable = backend.output([attributes.number('vocabulary'), last(dy)])
  kernels.embeddingGrad(backend.floats(dy), backend.integers(ids), dTable.values, last(dy))
  return [dTable.info]
}
