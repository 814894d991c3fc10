import { cacheAppend } from './ops/cache-append.js'
import { expectFloat, expectShape, shapeOf } from './ops/check.js'
import { tf } from './tf.js'

/** Sizes of a {@link KvCache}. */
export interface KvCacheOptions {
  readonly batch: number
  /** The most positions it holds. */
  readonly capacity: number
  /** nKvHeads * headSize. */
  readonly width: number
}

/**
 * The keys and values of one attention layer, for generation: memory for `capacity` positions, filled one call after
 * the other. Use it as `attention(q, cache.k, cache.v, { nHeads, length: cache.length })`.
 *
 * `append` writes into the same memory on `native`, and makes new tensors elsewhere; so take `k` and `v` anew after it.
 * They belong to the cache. Its tensors outlive `tf.tidy`; `dispose` gives them back. Gradients do not pass through it.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('./tf.js')
 * const { attention } = await import('./ops/attention.js')
 * const { KvCache } = await import('./kv-cache.js')
 * const cache = new KvCache({ batch: 1, capacity: 8, width: 2 })
 * const x = tf.ones([1, 3, 2])
 * cache.append(x, x)
 * const y = attention(tf.ones([1, 1, 2]), cache.k, cache.v, { nHeads: 1, length: cache.length })
 * expect(y.arraySync()).toEqual([[[1, 1]]])
 * cache.dispose()
 * ```
 */
export class KvCache {
  readonly capacity: number
  #k: tf.Tensor
  #v: tf.Tensor
  #length = 0

  /** @throws RangeError unless the sizes are whole numbers above 0 */
  constructor({ batch, capacity, width }: KvCacheOptions) {
    for (const [name, size] of Object.entries({ batch, capacity, width })) {
      if (!Number.isSafeInteger(size) || size < 1) {
        throw new RangeError(`KvCache: expected ${name} to be a whole number above 0, got ${size}`)
      }
    }
    this.capacity = capacity
    this.#k = tf.keep(tf.zeros([batch, capacity, width]))
    this.#v = tf.keep(tf.zeros([batch, capacity, width]))
  }

  /** The keys, [batch, capacity, width], of which the first `length` are valid. */
  get k(): tf.Tensor {
    return this.#k
  }

  /** The values, as {@link k}. */
  get v(): tf.Tensor {
    return this.#v
  }

  /** How many positions are filled. */
  get length(): number {
    return this.#length
  }

  /**
   * Adds the keys and values of the next positions.
   *
   * @param k of shape [batch, time, width], float32
   * @param v of the same shape
   * @throws TypeError or RangeError if type or shape do not fit, or there is no room left
   */
  append(k: tf.Tensor, v: tf.Tensor): void {
    const [batch = 0, , width = 0] = this.#k.shape
    const time = k.shape[1] ?? 0
    expectFloat('KvCache.append', 'k', k)
    expectFloat('KvCache.append', 'v', v)
    if (k.rank !== 3 || k.shape[0] !== batch || k.shape[2] !== width) {
      throw new RangeError(
        `KvCache.append: expected k of shape [${batch}, time, ${width}], got ${shapeOf(k)}`,
      )
    }
    expectShape('KvCache.append', 'v', v, k.shape)
    if (this.#length + time > this.capacity) {
      throw new RangeError(
        `KvCache.append: expected at most ${this.capacity - this.#length} positions more, got ${time}; make a cache of a larger capacity`,
      )
    }
    this.#k = replace(this.#k, k, this.#length)
    this.#v = replace(this.#v, v, this.#length)
    this.#length += time
  }

  /** Gives the memory back; the cache is of no use then. */
  dispose(): void {
    tf.dispose([this.#k, this.#v])
  }
}

function replace(cache: tf.Tensor, x: tf.Tensor, position: number): tf.Tensor {
  const next = tf.keep(tf.tidy(() => cacheAppend(cache, x, position)))
  cache.dispose()
  return next
}
