import { tf } from './tf.js'

/** What {@link memory} tells. */
export interface Memory {
  /** Bytes of the tensors that exist now. On `native` shared data counts once, elsewhere once for each tensor. */
  readonly bytes: number
  /** The most there were at one time since {@link resetPeak}, or since the first call of either function. */
  readonly peakBytes: number
  readonly tensors: number
  /** Bytes of arrays that wait to be used again; `native` only, 0 elsewhere. */
  readonly pooledBytes: number
  /** Bytes of the whole process that are in memory; 0 where there is no process. */
  readonly processBytes: number
}

/**
 * The memory that tensors take on the active backend.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('./tf.js')
 * const { memory } = await import('./memory.js')
 * const before = memory().bytes
 * const x = tf.zeros([10, 10])
 * expect(memory().bytes - before).toBe(400)
 * x.dispose()
 * ```
 */
export function memory(): Memory {
  const backend = tf.backend()
  const { numTensors, numBytes } = tf.memory()
  const own = countsMemory(backend) ? backend.usage() : undefined
  const { bytes, peakBytes, pooledBytes } = own ?? {
    bytes: numBytes,
    peakBytes: watch().largest,
    pooledBytes: 0,
  }
  const processBytes = typeof process === 'undefined' ? 0 : (process.memoryUsage?.rss?.() ?? 0)
  return { bytes, peakBytes, tensors: numTensors, pooledBytes, processBytes }
}

/** From now on `peakBytes` of {@link memory} counts from the tensors that exist now. */
export function resetPeak(): void {
  const backend = tf.backend()
  if (countsMemory(backend)) backend.resetPeak()
  else watch().largest = tf.memory().numBytes
}

/** A backend that counts by itself. */
interface CountsMemory {
  usage(): { bytes: number; peakBytes: number; pooledBytes: number }
  resetPeak(): void
}

function countsMemory(backend: object): backend is CountsMemory {
  return 'usage' in backend && 'resetPeak' in backend
}

let watched: { readonly state: object; largest: number } | undefined

/** The most bytes the engine has counted; its counter tells from the first call on. */
function watch(): { largest: number } {
  const { state } = tf.engine()
  if (watched?.state === state) return watched
  let bytes = state.numBytes
  const mine = { state, largest: bytes }
  Object.defineProperty(state, 'numBytes', {
    configurable: true,
    enumerable: true,
    get: () => bytes,
    set: (value: number) => {
      bytes = value
      mine.largest = Math.max(mine.largest, value)
    },
  })
  watched = mine
  return mine
}
