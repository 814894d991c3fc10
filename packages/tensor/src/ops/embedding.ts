import { tf } from '../tf.js'
import { expectFloat, expectIds, expectIdsBelow, shapeOf } from './check.js'
import { differentiable, run, take } from './run.js'

/**
 * The rows of a table by their number: `y[..., :] = table[ids[...], :]`.
 * The gradient adds up the rows of every occurrence of an id.
 *
 * Kernels: `LlmEmbedding`, `LlmEmbeddingGrad`.
 *
 * @param table of shape [vocabulary, width], float32
 * @param ids of any shape, int32, each from 0 to vocabulary - 1
 * @returns shape [...ids, width]
 * @throws TypeError or RangeError if the types or shapes do not fit or an id is out of range
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { embedding } = await import('./embedding.js')
 * const y = embedding(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([1, 0, 1], 'int32'))
 * expect(y.arraySync()).toEqual([[3, 4], [1, 2], [3, 4]])
 * ```
 */
export function embedding(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  expectFloat('embedding', 'table', table)
  expectIds('embedding', 'ids', ids)
  const [vocabulary, width] = table.shape
  if (table.rank !== 2 || vocabulary === undefined || width === undefined) {
    throw new RangeError(
      `embedding: expected table of shape [vocabulary, width], got ${shapeOf(table)}`,
    )
  }
  expectIdsBelow('embedding', 'ids', ids, vocabulary)
  return differentiable({
    inputs: [table],
    forward: (save) => {
      save([ids])
      return take(
        run('LlmEmbedding', { table, ids }, {}, () => [reference(table, ids, width)]),
        0,
      )
    },
    gradient: (dy, saved) => {
      const savedIds = take(saved, 0)
      return run('LlmEmbeddingGrad', { dy, ids: savedIds }, { vocabulary }, () => [
        referenceGrad(dy, savedIds, vocabulary, width),
      ])
    },
  })
}

function reference(table: tf.Tensor, ids: tf.Tensor, width: number): tf.Tensor {
  if (ids.size === 0 || width === 0) return tf.zeros([...ids.shape, width])
  return tf
    .gather(table, ids.rank === 0 ? tf.reshape(ids, [1]) : ids)
    .reshape([...ids.shape, width])
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
