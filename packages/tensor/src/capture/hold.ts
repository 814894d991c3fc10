import { tf } from '../tf.js'

/** Another tensor of the same data, kept until it is disposed of. */
export function hold({ dataId, shape, dtype }: tf.TensorInfo): tf.Tensor {
  const engine = tf.engine()
  engine.backend.incRef(dataId)
  return engine.keep(engine.makeTensorFromTensorInfo({ dataId, shape, dtype }))
}
