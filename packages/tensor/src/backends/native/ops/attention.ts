import type { AttentionShape } from '@llm/kernels'
import type { PreparedCall } from '../../../capture/bound.js'
import { rotaryTable } from '../../../ops/rotary-table.js'
import type { tf } from '../../../tf.js'
import { type Attributes, type Call, type NativeKernel, prepared } from '../kernel.js'
import { at, last } from './sizes.js'

export const attentionKernels: Readonly<Record<string, NativeKernel>> = {
  LlmAttention: attention,
  LlmAttentionGrad: attentionGrad,
  LlmSelfAttention: selfAttention,
  LlmSelfAttentionGrad: selfAttentionGrad,
  LlmRotary: rotary,
  LlmCacheAppend: cacheAppend,
}

function attention({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [q, k, v] = [inputs.get('q'), inputs.get('k'), inputs.get('v')]
  const shape = shapeOf(attributes, q, at(k, 1))
  const y = backend.output(q.shape)
  const logSumExp = backend.output([shape.batch, shape.nHeads, shape.queries])
  return prepared(
    [y.info, logSumExp.info],
    kernels.attention,
    backend.floats(q),
    backend.floats(k),
    backend.floats(v),
    y.values,
    logSumExp.values,
    shape,
  )
}

function attentionGrad({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [q, k, v] = [inputs.get('q'), inputs.get('k'), inputs.get('v')]
  const [dq, dk, dv] = [backend.output(q.shape), backend.output(k.shape), backend.output(v.shape)]
  return prepared(
    [dq.info, dk.info, dv.info],
    kernels.attentionGrad,
    backend.floats(inputs.get('dy')),
    backend.floats(q),
    backend.floats(k),
    backend.floats(v),
    backend.floats(inputs.get('y')),
    backend.floats(inputs.get('logSumExp')),
    dq.values,
    dk.values,
    dv.values,
    shapeOf(attributes, q, at(k, 1)),
  )
}

function selfAttention({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const qkv = inputs.get('qkv')
  const shape = shapeOf(attributes, qkv, at(qkv, 1))
  const y = backend.output([shape.batch, shape.queries, shape.nHeads * shape.headSize])
  const logSumExp = backend.output([shape.batch, shape.nHeads, shape.queries])
  return prepared(
    [y.info, logSumExp.info],
    kernels.selfAttention,
    backend.floats(qkv),
    y.values,
    logSumExp.values,
    shape,
  )
}

function selfAttentionGrad({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const qkv = inputs.get('qkv')
  const dQkv = backend.output(qkv.shape)
  return prepared(
    [dQkv.info],
    kernels.selfAttentionGrad,
    backend.floats(inputs.get('dy')),
    backend.floats(qkv),
    backend.floats(inputs.get('y')),
    backend.floats(inputs.get('logSumExp')),
    dQkv.values,
    shapeOf(attributes, qkv, at(qkv, 1)),
  )
}

function shapeOf(attributes: Attributes, q: tf.TensorInfo, capacity: number): AttentionShape {
  return {
    batch: at(q, 0),
    queries: at(q, 1),
    keys: attributes.number('length'),
    capacity,
    nHeads: attributes.number('nHeads'),
    nKvHeads: attributes.number('nKvHeads'),
    headSize: attributes.number('headSize'),
    causal: attributes.boolean('causal'),
    window: attributes.number('window'),
    scale: attributes.number('scale'),
    dropout: attributes.number('dropout'),
    high: attributes.number('high'),
    low: attributes.number('low'),
  }
}

function rotary({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const x = inputs.get('x')
  const [time, dims] = [at(x, 1), attributes.number('rotaryDims')]
  const { cos, sin } = rotaryTable(
    attributes.number('base'),
    dims,
    attributes.number('offset'),
    time,
  )
  const y = backend.output(x.shape)
  return prepared(
    [y.info],
    kernels.rotary,
    backend.floats(x),
    cos,
    sin,
    y.values,
    time,
    last(x),
    attributes.number('headSize'),
    attributes.number('turned'),
    dims,
    attributes.boolean('interleaved'),
    attributes.boolean('inverse'),
  )
}

/** Writes into the cache's memory, which the result shares, unless other tensors have the same data. */
function cacheAppend({ kernels, backend, inputs, attributes }: Call): PreparedCall {
  const [cache, x] = [inputs.get('cache'), inputs.get('x')]
  const [batch, time, width] = [at(x, 0), at(x, 1), at(x, 2)]
  const { dataId } = backend.own(cache) ? cache : backend.copy(cache)
  const out = { dataId, shape: cache.shape, dtype: cache.dtype }
  if (dataId === cache.dataId) backend.incRef(dataId)
  const [start, length] = [attributes.number('position') * width, time * width]
  const stride = at(cache, 1) * width
  return prepared(
    [out],
    kernels.copyRows,
    backend.floats(x),
    0,
    length,
    backend.floats(out),
    start,
    stride,
    batch,
    length,
  )
}
