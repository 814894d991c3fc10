import { tf } from '../tf.js'
import { hold } from './hold.js'
import type { Call, Recording } from './recording.js'
import { replay, run } from './replay.js'

/** What a backend offers whose kernels can be made ready once, and then run on the same memory again and again. */
export interface Binds {
  /** A kernel's call made ready; undefined where it cannot be. */
  prepare(
    kernelName: string,
    inputs: tf.NamedTensorInfoMap,
    attrs: tf.NamedAttrMap | undefined,
  ): PreparedCall | undefined
  /** Runs f, which returns what it made and keeps. All other memory that it takes stays for what f has prepared. */
  reserve(f: () => readonly tf.TensorInfo[]): Reserved
  /** The array of some data; undefined for what is no numbers. */
  arrayOf(dataId: tf.DataId): NumberArray | undefined
  /** Whether there is one reference to the data, and nobody who may have views of its array. */
  isAlone(dataId: tf.DataId): boolean
}

export interface PreparedCall {
  readonly outputs: tf.TensorInfo | tf.TensorInfo[]
  /** Computes the outputs, each time anew from what the inputs' arrays hold then. */
  readonly run: () => void
  /** Inputs whose numbers decided what the outputs are, or were copied. */
  readonly decidedBy?: readonly tf.TensorInfo[]
}

export interface Reserved {
  /** Gives the memory back. */
  free(): void
}

export type NumberArray = Float32Array | Int32Array | Uint8Array

export function canBind(backend: object): backend is Binds {
  return 'prepare' in backend && 'reserve' in backend
}

/** A recording bound to arrays of its own: kernel after kernel, with nothing in between. */
export class Bound {
  readonly #backend: Binds
  /** Arrays that the inputs are copied into. */
  readonly #inputs: readonly tf.Tensor[]
  /** Variables and constants, with the arrays that they had. */
  readonly #sources: readonly { readonly tensor: tf.Tensor; readonly array: unknown }[]
  readonly #runs: readonly (() => void)[]
  readonly #results: readonly tf.Tensor[]
  readonly #reserved: Reserved

  private constructor(
    backend: Binds,
    inputs: readonly tf.Tensor[],
    sources: readonly { tensor: tf.Tensor; array: unknown }[],
    runs: readonly (() => void)[],
    results: readonly tf.Tensor[],
    reserved: Reserved,
  ) {
    this.#backend = backend
    this.#inputs = inputs
    this.#sources = sources
    this.#runs = runs
    this.#results = results
    this.#reserved = reserved
  }

  /** Runs the recording while it is bound: the results, and what was bound unless a call could not be. */
  static bind(
    backend: Binds,
    recording: Recording,
    given: readonly tf.Tensor[],
  ): { results: tf.Tensor[]; bound: Bound | undefined } {
    const inputs = given.map((x) => tf.keep(tf.tensor(x.dataSync().slice(), x.shape, x.dtype)))
    const constants = new Set<number>()
    const fixed = new Set<number>()
    const sources: { tensor: tf.Tensor; array: unknown }[] = []
    for (const source of recording.sources) {
      fixed.add(source.slot)
      if ('input' in source) continue
      if ('constant' in source) constants.add(source.slot)
      const tensor = 'constant' in source ? source.constant : source.variable
      sources.push({ tensor, array: backend.arrayOf(tensor.dataId) })
    }
    const runs: (() => void)[] = []
    let possible =
      recording.results.every(({ slot }) => !fixed.has(slot)) &&
      inputs.every(({ dataId }) => backend.arrayOf(dataId) !== undefined)
    const perform = (call: Call): tf.TensorInfo | tf.TensorInfo[] => {
      const { work, operands } = call
      if (typeof work === 'function') {
        possible &&= operands.every(({ slot }) => fixed.has(slot))
        runs.push(
          ...operands.map(
            ({ info: { dataId } }) =>
              () =>
                work(dataId),
          ),
        )
        return run(call)
      }
      const prepared = backend.prepare(work.name, work.inputs, work.attrs)
      if (prepared === undefined) {
        possible = false
        return run(call)
      }
      const decidedBy = new Set(prepared.decidedBy)
      possible &&= operands.every(({ slot, info }) => !decidedBy.has(info) || constants.has(slot))
      runs.push(prepared.run)
      prepared.run()
      return prepared.outputs
    }
    let results: tf.Tensor[] = []
    let reserved: Reserved
    try {
      reserved = backend.reserve(() => {
        results = replay(recording, inputs, perform)
        return results
      })
    } catch (error) {
      tf.dispose(inputs)
      throw error
    }
    possible &&= new Set(results.map(({ dataId }) => dataId)).size === results.length
    if (possible) {
      const held = results.map(hold)
      return { results, bound: new Bound(backend, inputs, sources, runs, held, reserved) }
    }
    reserved.free()
    tf.dispose(inputs)
    return { results, bound: undefined }
  }

  /** Whether it can run: variables and constants have the arrays they had, and the last results have been disposed of. */
  get ready(): boolean {
    const backend = this.#backend
    return (
      this.#sources.every(({ tensor, array }) => backend.arrayOf(tensor.dataId) === array) &&
      this.#results.every(({ dataId }) => backend.isAlone(dataId))
    )
  }

  run(given: readonly tf.Tensor[]): tf.Tensor[] {
    for (const [i, { dataId }] of this.#inputs.entries()) {
      const from = given[i] && this.#backend.arrayOf(given[i].dataId)
      if (from) this.#backend.arrayOf(dataId)?.set(from)
    }
    for (const run of this.#runs) run()
    const engine = tf.engine()
    return this.#results.map(({ dataId, shape, dtype }) => {
      engine.backend.incRef(dataId)
      return engine.makeTensorFromTensorInfo({ dataId, shape, dtype })
    })
  }

  dispose(): void {
    tf.dispose([...this.#inputs, ...this.#results])
    this.#reserved.free()
  }
}
