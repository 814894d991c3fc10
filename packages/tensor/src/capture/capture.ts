import { computePrecision } from '../precision.js'
import { tf } from '../tf.js'
import { Bound, canBind } from './bound.js'
import { isCapturing, record } from './record.js'
import type { Recording } from './recording.js'
import { replay } from './replay.js'

/**
 * A function of tensors that runs once and is replayed after that: the first call records its kernels, the next ones run these
 * kernels again, without the function, the tape and the checks around them. A step of a small model spends a tenth of its time there.
 *
 * Inputs of other types or shapes, another backend or precision record anew. What a replay gives is what f would
 * give if it depends on nothing but its inputs, the values of variables and constants: tensors from outside that are no
 * variables, and JavaScript's numbers, stay as they were. Where that is known not to hold f runs each time, and
 * `obstacle` says why: it reads numbers of a tensor, uses Math.random, a key or dropout, assigns a variable or updates in place.
 * So it does on the backend `tensorflow`, within a gradient, under tf.profile and in TensorFlow.js's debug mode.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { Capture } = await import('./capture.js')
 * const weight = tf.variable(tf.scalar(3))
 * let runs = 0
 * const capture = new Capture((x) => {
 *   runs++
 *   return [tf.mul(tf.square(x!), weight)]
 * })
 * const of = (x: number) => capture.run([tf.scalar(x)])[0]!.dataSync()[0]
 * expect([of(1), of(2)]).toEqual([3, 12])
 * weight.assign(tf.scalar(10))
 * expect(of(2)).toBe(40)
 * expect(runs).toBe(1)
 * capture.dispose()
 * ```
 */
export class Capture {
  readonly #f: (...inputs: tf.Tensor[]) => tf.Tensor[]
  #recording: Recording | undefined
  #signature: string | undefined
  #obstacle: string | undefined
  #bound: Bound | undefined
  /** How often it was bound. */
  #bindings = 0
  /** Since the recording, or since what was bound could not be used. */
  #replays = 0

  /** @param f synchronous; returns tensors that it made, clones where they are given ones, and leaves no others behind */
  constructor(f: (...inputs: tf.Tensor[]) => tf.Tensor[]) {
    this.#f = f
  }

  /** Why the last call ran f and the next one like it will; undefined where it is replayed. */
  get obstacle(): string | undefined {
    return this.#obstacle
  }

  /**
   * What f gives for the inputs. The results are the caller's to dispose of.
   *
   * @throws RangeError for an input that was disposed of
   */
  run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    for (const [i, { isDisposed }] of inputs.entries()) {
      if (!isDisposed) continue
      throw new RangeError(`Capture.run: expected input ${i} to be there, got one disposed of`)
    }
    this.#obstacle = obstacleNow()
    if (this.#obstacle !== undefined) return this.#f(...inputs)
    const signature = signatureOf(inputs)
    if (signature === this.#signature && this.#recording?.alive) {
      this.#obstacle = this.#recording.obstacle
      if (this.#obstacle !== undefined) return this.#f(...inputs)
      return this.#replay(this.#recording, inputs)
    }
    this.dispose()
    const { results, recording } = record(this.#f, inputs)
    this.#recording = recording
    this.#bindings = 0
    this.#replays = 0
    this.#signature = signature
    this.#obstacle = recording.obstacle
    return results
  }

  /** Gives back what was recorded. */
  dispose(): void {
    this.#unbind()
    this.#recording?.dispose()
    this.#recording = undefined
  }

  #replay(recording: Recording, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const { backend } = tf.engine()
    if (!canBind(backend)) return replay(recording, inputs)
    if (this.#bound?.ready) return this.#bound.run(inputs)
    this.#unbind()
    // The first update in place may give the variables other arrays.
    if (this.#replays++ === 0 || this.#bindings === mostBindings) return replay(recording, inputs)
    const { results, bound } = Bound.bind(backend, recording, inputs)
    this.#bound = bound
    this.#bindings = bound === undefined ? mostBindings : this.#bindings + 1
    return results
  }

  #unbind(): void {
    if (this.#bound === undefined) return
    this.#bound.dispose()
    this.#bound = undefined
    this.#replays = 0
  }
}

/** Where what is bound cannot be used again and again, as variables are assigned or results kept, replays do without. */
const mostBindings = 3

/** Backends whose kernels give plain data, which a replay can own. */
const backends = new Set(['native', 'webgpu', 'wasm', 'cpu'])

function obstacleNow(): string | undefined {
  const engine = tf.engine()
  const backend = tf.getBackend()
  if (!backends.has(backend)) return `the backend is ${backend}`
  if (isCapturing()) return 'it is part of another capture'
  if (engine.isTapeOn()) return 'a gradient is recorded'
  if (engine.state.profiling || tf.env().getBool('DEBUG')) return 'kernels are profiled'
  return undefined
}

function signatureOf(inputs: readonly tf.Tensor[]): string {
  const shapes = inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`)
  return [tf.getBackend(), computePrecision(), ...shapes].join(' ')
}
