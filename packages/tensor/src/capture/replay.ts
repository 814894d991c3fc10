import { tf } from '../tf.js'
import type { Call, Recording, Source } from './recording.js'

/**
 * Runs the kernels of a recording again, on other inputs of the same shapes.
 *
 * @param perform does a call's work, and gives what a kernel made
 */
export function replay(
  { sources, calls, results, size }: Recording,
  inputs: readonly tf.Tensor[],
  perform: (call: Call) => tf.TensorInfo | tf.TensorInfo[] = run,
): tf.Tensor[] {
  const engine = tf.engine()
  const { backend } = engine
  // What is needed here is cold in the caches after each kernel, so few things are touched.
  const data = new Array<tf.DataId | undefined>(size)
  for (const source of sources) data[source.slot] = sourceData(source, inputs)
  const release = (slot: number): void => {
    const dataId = dataAt(data, slot)
    data[slot] = undefined
    backend.disposeData(dataId)
  }
  try {
    for (const call of calls) {
      const { operands, outputs, free } = call
      for (const { slot, info } of operands) info.dataId = dataAt(data, slot)
      const infos = perform(call)
      if (!Array.isArray(infos)) data[outputs[0] ?? 0] = infos.dataId
      else for (let i = 0; i < outputs.length; i++) data[outputs[i] ?? 0] = infos[i]?.dataId
      for (const slot of free) release(slot)
    }
    return results.map(({ slot, info: { shape, dtype } }) => {
      const dataId = dataAt(data, slot)
      backend.incRef(dataId)
      return engine.makeTensorFromTensorInfo({ dataId, shape, dtype })
    })
  } finally {
    for (const { outputs } of calls) {
      for (const slot of outputs) if (data[slot] !== undefined) release(slot)
    }
  }
}

/** Does a call's work as it was recorded. */
export function run({ work, operands }: Call): tf.TensorInfo | tf.TensorInfo[] {
  if (typeof work !== 'function') {
    const { inputs, attrs } = work
    return work.run({ inputs, ...(attrs && { attrs }), backend: tf.backend() })
  }
  for (const { info } of operands) work(info.dataId)
  return []
}

function sourceData(source: Source, inputs: readonly tf.Tensor[]): tf.DataId | undefined {
  if ('input' in source) return inputs[source.input]?.dataId
  return ('variable' in source ? source.variable : source.constant).dataId
}

function dataAt(data: readonly (tf.DataId | undefined)[], slot: number): tf.DataId {
  const dataId = data[slot]
  if (dataId === undefined) throw new RangeError(`Capture: expected data in slot ${slot}, got none`)
  return dataId
}
