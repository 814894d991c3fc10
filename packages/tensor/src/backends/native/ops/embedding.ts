import type { PreparedCall } from '../../../capture/bound.js'
import { type Call, type NativeKernel, prepared } from '../kernel.js'
import { last, none } from './sizes.js'

export const embeddingKernels: Readonly<Record<string, NativeKernel>> = {
  LlmEmbedding: embedding,
  LlmEmbeddingGrad: embeddingGrad,
}

function embedding({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [table, ids] = [inputs.get('table'), inputs.get('ids')]
  const y = backend.output([...ids.shape, last(table)])
  return prepared(
    [y.info],
    kernels.embedding,
    backend.floats(table),
    backend.integers(ids),
    inputs.has('positions') ? backend.floats(inputs.get('positions')) : none,
    y.values,
    last(table),
    last(ids),
    attributes.number('offset'),
  )
}

function embeddingGrad({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [dy, ids] = [inputs.get('dy'), inputs.get('ids')]
  const dTable = backend.output([attributes.number('vocabulary'), last(dy)])
  const dPositions = attributes.boolean('positions')
    ? backend.output([attributes.number('contextLength'), last(dy)])
    : undefined
  return prepared(
    dPositions === undefined ? [dTable.info] : [dTable.info, dPositions.info],
    kernels.embeddingGrad,
    backend.floats(dy),
    backend.integers(ids),
    dTable.values,
    dPositions?.values ?? none,
    last(dy),
    last(ids),
    attributes.number('offset'),
  )
}
