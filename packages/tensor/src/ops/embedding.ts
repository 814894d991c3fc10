import { tf } from '../tf.js'
import { expectFloat, expectIds, expectIdsBelow, shapeOf } from './check.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** A table of shape [contextLength, width] whose rows are added by time, the last axis of the ids; none when absent. */
  readonly positions?: tf.Tensor
  /** The row of `positions` that the first time gets; 0 when absent. */
  readonly offset?: number
}

/**
 * The rows of a table by their number: `y[..., t, :] = table[ids[..., t], :] + positions[offset + t, :]`.
 * The gradient adds up the rows of every occurrence of an id, and those of every occurrence of a time.
 *
 * Kernels: `LlmEmbedding`, with the attribute `offset`; `LlmEmbeddingGrad` -> [dTable, dPositions], with `vocabulary`,
 * whether there are `positions`, their `contextLength` and `offset`.
 *
 * @param table of shape [vocabulary, width], float32
 * @param ids of any shape, int32, each from 0 to vocabulary - 1; [..., time] with positions
 * @returns shape [...ids, width]
 * @throws TypeError or RangeError if the types or shapes do not fit, or an id or a time is out of range
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { embedding } = await import('./embedding.js')
 * const [table, positions] = [tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[0, 0], [10, 10], [20, 20]])]
 * const ids = tf.tensor1d([1, 0, 1], 'int32')
 * expect(embedding(table, ids).arraySync()).toEqual([[3, 4], [1, 2], [3, 4]])
 * expect(embedding(table, ids, { positions }).arraySync()).toEqual([[3, 4], [11, 12], [23, 24]])
 * ```
 */
export function embedding(
  table: tf.Tensor,
  ids: tf.Tensor,
  options: EmbeddingOptions = {},
): tf.Tensor {
  const { positions, offset = 0 } = options
  const [vocabulary, width] = check(table, ids, positions, offset)
  const contextLength = positions?.shape[0] ?? 0
  return differentiable({
    inputs: positions === undefined ? [table] : [table, positions],
    forward: (save) => {
      save([ids])
      const inputs = positions === undefined ? { table, ids } : { table, ids, positions }
      return take(
        run('LlmEmbedding', inputs, { offset }, () => [
          reference(table, ids, width, positions, offset),
        ]),
        0,
      )
    },
    gradient: (dy, saved) => {
      const inputs = { dy, ids: take(saved, 0) }
      const attributes = { vocabulary, positions: positions !== undefined, contextLength, offset }
      return run('LlmEmbeddingGrad', inputs, attributes, () => {
        const dTable = referenceGrad(dy, inputs.ids, vocabulary, width)
        if (positions === undefined) return [dTable]
        return [dTable, referenceGradPositions(dy, contextLength, offset)]
      })
    },
  })
}

function reference(
  table: tf.Tensor,
  ids: tf.Tensor,
  width: number,
  positions: tf.Tensor | undefined,
  offset: number,
): tf.Tensor {
  const shape = [...ids.shape, width]
  if (ids.size === 0 || width === 0) return tf.zeros(shape)
  const rows = tf.gather(table, ids.rank === 0 ? tf.reshape(ids, [1]) : ids)
  if (positions === undefined) return tf.reshape(rows, shape)
  const places = tf.slice(positions, [offset, 0], [timeOf(ids), width])
  return tf.add(tf.reshape(rows, shape), places)
}

// The gradient of tf.gather wants UnsortedSegmentSum, which wasm lacks; ScatterNd is everywhere and adds duplicates.
function referenceGrad(
  dy: tf.Tensor,
  ids: tf.Tensor,
  vocabulary: number,
  width: number,
): tf.Tensor {
  if (ids.size === 0 || width === 0) return tf.zeros([vocabulary, width])
  const rows = tf.reshape(dy, [ids.size, width])
  return tf.scatterND(tf.reshape(ids, [ids.size, 1]), rows, [vocabulary, width])
}

function referenceGradPositions(dy: tf.Tensor, contextLength: number, offset: number): tf.Tensor {
  const [time = 1, width = 1] = dy.shape.slice(-2)
  if (dy.size === 0) return tf.zeros([contextLength, width])
  const sums = tf.sum(tf.reshape(dy, [dy.size / (time * width), time * width]), 0)
  const after = contextLength - offset - time
  return tf.pad(tf.reshape(sums, [time, width]), [
    [offset, after],
    [0, 0],
  ])
}

function check(
  table: tf.Tensor,
  ids: tf.Tensor,
  positions: tf.Tensor | undefined,
  offset: number,
): [number, number] {
  expectFloat('embedding', 'table', table)
  expectIds('embedding', 'ids', ids)
  const [vocabulary, width] = table.shape
  if (table.rank !== 2 || vocabulary === undefined || width === undefined) {
    throw new RangeError(
      `embedding: expected table of shape [vocabulary, width], got ${shapeOf(table)}`,
    )
  }
  expectIdsBelow('embedding', 'ids', ids, vocabulary)
  if (positions === undefined) return [vocabulary, width]
  expectFloat('embedding', 'positions', positions)
  if (positions.rank !== 2 || positions.shape[1] !== width) {
    throw new RangeError(
      `embedding: expected positions of shape [contextLength, ${width}], got ${shapeOf(positions)}`,
    )
  }
  if (ids.rank === 0) {
    throw new RangeError('embedding: expected ids of shape [..., time] with positions, got []')
  }
  const last = (positions.shape[0] ?? 0) - timeOf(ids)
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > last) {
    throw new RangeError(
      `embedding: expected an offset from 0 to ${last} for ${timeOf(ids)} times and positions of shape ${shapeOf(positions)}, got ${offset}`,
    )
  }
  return [vocabulary, width]
}

function timeOf(ids: tf.Tensor): number {
  return ids.shape[ids.rank - 1] ?? 1
}
