import { look } from '../capture/record.js'
import { tf } from '../tf.js'

/** @throws TypeError unless the tensor's numbers are float32 */
export function expectFloat(op: string, name: string, x: tf.Tensor): void {
  if (x.dtype !== 'float32') {
    throw new TypeError(
      `${op}: expected ${name} of type float32, got ${x.dtype}; convert it with .toFloat()`,
    )
  }
}

/** @throws TypeError unless the tensor holds int32 ids */
export function expectIds(op: string, name: string, x: tf.Tensor): void {
  if (x.dtype !== 'int32') {
    throw new TypeError(
      `${op}: expected ${name} of type int32, got ${x.dtype}; make it with tf.tensor(values, shape, 'int32')`,
    )
  }
}

/** @throws RangeError unless the shapes are equal */
export function expectShape(
  op: string,
  name: string,
  x: tf.Tensor,
  shape: readonly number[],
): void {
  if (x.rank !== shape.length || x.shape.some((size, i) => size !== shape[i])) {
    throw new RangeError(
      `${op}: expected ${name} of shape [${shape.join(', ')}], got ${shapeOf(x)}`,
    )
  }
}

/** @throws RangeError unless the tensor has at least `rank` axes */
export function expectRank(op: string, name: string, x: tf.Tensor, rank: number): void {
  if (x.rank < rank) {
    throw new RangeError(
      `${op}: expected ${name} with at least ${rank} ${rank === 1 ? 'axis' : 'axes'}, got ${shapeOf(x)}`,
    )
  }
}

/**
 * Checks ids on backends whose tensors lie in this process's memory; elsewhere (WebGPU) reading them back would
 * stall the device, and an id out of range gives whatever the device gives.
 *
 * @throws RangeError if an id is outside [0, size) and is not `except`
 */
export function expectIdsBelow(
  op: string,
  name: string,
  ids: tf.Tensor,
  size: number,
  except?: number,
): void {
  if (!hostBackends.has(tf.getBackend())) return
  look(ids, (dataId) => {
    const values = tf.backend().readSync(dataId)
    for (let i = 0; i < values.length; i++) {
      const id = Number(values[i])
      if ((id < 0 || id >= size) && id !== except) {
        throw new RangeError(`${op}: expected ${name} from 0 to ${size - 1}, got ${id} at ${i}`)
      }
    }
  })
}

/** A shape as it stands in messages. */
export function shapeOf(x: tf.Tensor): string {
  return `[${x.shape.join(', ')}]`
}

/** The size of the last axis. */
export function lastSize(x: tf.Tensor): number {
  return x.shape[x.rank - 1] ?? 1
}

/** The product of the sizes of all axes but the last. */
export function rowCount(x: tf.Tensor): number {
  return x.shape.slice(0, -1).reduce((product, size) => product * size, 1)
}

const hostBackends = new Set(['cpu', 'wasm', 'native', 'tensorflow'])
