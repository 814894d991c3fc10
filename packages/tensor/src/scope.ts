import { tf } from './tf.js'

/** What {@link leaks} found. */
export interface Leaks {
  readonly tensors: number
  /** As TensorFlow.js counts them: shared data once for each tensor. */
  readonly bytes: number
}

/**
 * How many more tensors exist after f than before it, what it returns included: 0 for code that cleans up. Fewer give a negative
 * number. f may be async.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('./tf.js')
 * const { leaks } = await import('./scope.js')
 * const x = tf.scalar(2)
 * expect(leaks(() => tf.square(tf.square(x)))).toEqual({ tensors: 2, bytes: 8 })
 * expect(leaks(() => tf.tidy(() => void tf.square(x)))).toEqual({ tensors: 0, bytes: 0 })
 * ```
 */
export function leaks(f: () => Promise<unknown>): Promise<Leaks>
export function leaks(f: () => unknown): Leaks
export function leaks(f: () => unknown): Leaks | Promise<Leaks> {
  const before = tf.memory()
  const found = (): Leaks => {
    const { numTensors, numBytes } = tf.memory()
    return { tensors: numTensors - before.numTensors, bytes: numBytes - before.numBytes }
  }
  const result = f()
  return result instanceof Promise ? result.then(found) : found()
}

/**
 * tf.tidy for async code: when f is done, the tensors made since its start are disposed of, but for those it returns and
 * those given to tf.keep. Other code that makes tensors while f waits is in the scope too, so let one scope end before
 * the next one starts, or stand within it.
 *
 * @returns what f returns: tensors, or arrays and objects of them, go on to the scope outside
 * @throws Error when a scope that was started in between has not ended
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('./tf.js')
 * const { leaks, scope } = await import('./scope.js')
 * const mean = async () => {
 *   const x = tf.tensor1d([1, 2, 3])
 *   await x.data()
 *   return tf.mean(x)
 * }
 * expect(await leaks(() => scope(mean))).toEqual({ tensors: 1, bytes: 4 })
 * ```
 */
export async function scope<T extends tf.TensorContainer>(f: () => Promise<T>): Promise<T> {
  const engine = tf.engine()
  engine.startScope('scope')
  const mine = engine.state.activeScope
  const end = (result?: tf.TensorContainer): void => {
    if (engine.state.activeScope !== mine) {
      throw new Error(
        'scope: expected the scopes started within it to have ended; await each before the next one starts',
      )
    }
    engine.endScope(result)
  }
  let result: T
  try {
    result = await f()
  } catch (error) {
    end()
    throw error
  }
  end(result)
  return result
}
