import { forbid } from '../capture/record.js'
import { tf } from '../tf.js'
import { run, take } from './run.js'

/**
 * A cache [batch, capacity, width] with x, [batch, time, width], from a position on; the cache given is not to be
 * used any more. Kernel: `LlmCacheAppend`, which may write into the cache.
 */
export function cacheAppend(cache: tf.Tensor, x: tf.Tensor, position: number): tf.Tensor {
  forbid('it updates in place')
  return take(
    run('LlmCacheAppend', { cache, x }, { position }, () => [reference(cache, x, position)]),
    0,
  )
}

function reference(cache: tf.Tensor, x: tf.Tensor, position: number): tf.Tensor {
  const [batch = 0, , width = 0] = cache.shape
  const end = position + (x.shape[1] ?? 0)
  const before = tf.slice(cache, [0, 0, 0], [batch, position, width])
  const after = tf.slice(cache, [0, end, 0], [batch, -1, width])
  return tf.concat([before, x, after], 1)
}
