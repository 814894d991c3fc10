import { tf } from '../tf.js'
import { hold } from './hold.js'

/** A tensor that a call reads; each replay puts the data of its slot in. */
interface Operand {
  readonly slot: number
  readonly info: tf.TensorInfo
}

interface Call {
  /** Runs on what stands in the operands, and gives what it made. */
  readonly run: (backend: tf.KernelBackend) => tf.TensorInfo | tf.TensorInfo[]
  readonly operands: readonly Operand[]
  /** The slots of what it makes. */
  readonly outputs: readonly number[]
  /** The slots that nothing reads after it. */
  readonly free: number[]
}

/** Where the data of a slot comes from that no call makes. */
type Source =
  | { readonly slot: number; readonly input: number }
  | { readonly slot: number; readonly variable: tf.Variable }
  | { readonly slot: number; readonly constant: tf.Tensor }

/** Kernels that only give their input another shape or type, whatever its numbers; a replay does without them. */
const renaming = new Set<string>([tf.Identity, tf.Reshape, tf.ExpandDims, tf.Cast])

/** The kernels that a function has run, in their order, on numbered data (slots) in place of tensors. */
export class Recording {
  /** Why it cannot be replayed; undefined while it can. */
  obstacle: string | undefined
  /** Slots by the ids of tensors, and of the first tensor of some data: what has the same data now may not have it in a replay. */
  readonly #tensors = new Map<number, number>()
  readonly #slots = new Map<tf.DataId, number>()
  readonly #variables: ReadonlyMap<tf.DataId, tf.Variable>
  readonly #sources: Source[] = []
  readonly #calls: Call[] = []
  #results: Operand[] = []
  #size = 0

  constructor(inputs: readonly tf.Tensor[]) {
    const variables = Object.values(tf.engine().registeredVariables)
    this.#variables = new Map(variables.map((variable) => [variable.dataId, variable]))
    for (const [input, x] of inputs.entries()) {
      if (this.#slots.has(x.dataId)) this.obstacle = 'two of the inputs have the same data'
      this.#sources.push({ slot: this.#newSlot(x), input })
    }
  }

  /** Adds what a kernel has just done. */
  addKernel(
    name: string,
    given: tf.NamedTensorMap,
    attrs: tf.NamedAttrMap | undefined,
    made: readonly tf.Tensor[],
  ): void {
    const operands: Operand[] = []
    // Some kernels take a list of inputs, and some inputs may be left out.
    const inputs: tf.NamedTensorInfoMap = Object.assign(Array.isArray(given) ? [] : {}, given)
    for (const [key, tensor] of Object.entries(given)) {
      if (tensor == null) continue
      const operand = this.#operand(tensor)
      operands.push(operand)
      inputs[key] = operand.info
    }
    const [only] = operands
    if (renaming.has(name) && only && made.every(({ dataId }) => dataId === only.info.dataId)) {
      for (const { id } of made) this.#tensors.set(id, only.slot)
      return
    }
    const call = { inputs, ...(attrs && { attrs }) }
    const kernel = tf.getKernel(name, tf.getBackend())
    this.#calls.push({
      run: (backend) => kernel.kernelFunc({ ...call, backend }),
      operands,
      outputs: made.map((y) => this.#newSlot(y)),
      free: [],
    })
  }

  /** Says that a tensor was made of another's data. */
  addAlias(x: tf.Tensor, other: tf.Tensor): void {
    this.#tensors.set(other.id, this.#operand(x).slot)
  }

  /** Adds a look at the data of a tensor, such as a check that throws. */
  addLook(x: tf.Tensor, look: (dataId: tf.DataId) => void): void {
    const operand = this.#operand(x)
    const run = (): tf.TensorInfo[] => {
      look(operand.info.dataId)
      return []
    }
    this.#calls.push({ run, operands: [operand], outputs: [], free: [] })
  }

  /** Says what the function returned, after which the recording can be replayed unless there is an obstacle. */
  end(results: readonly tf.Tensor[]): void {
    this.#results = results.map((y) => this.#operand(y))
    for (const [dataId, variable] of this.#variables) {
      if (variable.dataId !== dataId) this.obstacle ??= `it assigns the variable ${variable.name}`
    }
    this.#slots.clear()
    this.#tensors.clear()
    // What it holds is of no use where it cannot be replayed.
    if (this.obstacle !== undefined) {
      this.dispose()
      return
    }
    // What is read last is free then; so is what nothing reads.
    const needed = new Set(this.#results.map(({ slot }) => slot))
    for (const { slot } of this.#sources) needed.add(slot)
    for (const call of [...this.#calls].reverse()) {
      for (const slot of [...call.outputs, ...call.operands.map((operand) => operand.slot)]) {
        if (needed.has(slot)) continue
        needed.add(slot)
        call.free.push(slot)
      }
    }
  }

  /** Whether all variables that it reads are still there. */
  get alive(): boolean {
    return this.#sources.every((source) => !('variable' in source) || !source.variable.isDisposed)
  }

  /** Runs the kernels again, on other inputs of the same shapes. */
  replay(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const engine = tf.engine()
    const { backend } = engine
    // What is needed here is cold in the caches after each kernel, so few things are touched.
    const data = new Array<tf.DataId | undefined>(this.#size)
    for (const source of this.#sources) data[source.slot] = sourceData(source, inputs)
    const release = (slot: number): void => {
      const dataId = dataAt(data, slot)
      data[slot] = undefined
      backend.disposeData(dataId)
    }
    try {
      for (const { run, operands, outputs, free } of this.#calls) {
        for (const { slot, info } of operands) info.dataId = dataAt(data, slot)
        const infos = run(backend)
        if (!Array.isArray(infos)) data[outputs[0] ?? 0] = infos.dataId
        else for (let i = 0; i < outputs.length; i++) data[outputs[i] ?? 0] = infos[i]?.dataId
        for (const slot of free) release(slot)
      }
      return this.#results.map(({ slot, info: { shape, dtype } }) => {
        const dataId = dataAt(data, slot)
        backend.incRef(dataId)
        return engine.makeTensorFromTensorInfo({ dataId, shape, dtype })
      })
    } finally {
      for (const { outputs } of this.#calls) {
        for (const slot of outputs) if (data[slot] !== undefined) release(slot)
      }
    }
  }

  /** Gives back what it holds. */
  dispose(): void {
    for (const source of this.#sources.splice(0)) {
      if ('constant' in source) source.constant.dispose()
    }
  }

  #operand(x: tf.Tensor): Operand {
    const { dataId, shape, dtype } = x
    const slot = this.#tensors.get(x.id) ?? this.#slots.get(dataId) ?? this.#addSource(x)
    return { slot, info: { dataId, shape, dtype } }
  }

  /** Data that was there before, or that was made of numbers and not by a kernel. */
  #addSource(x: tf.Tensor): number {
    const slot = this.#newSlot(x)
    const variable = this.#variables.get(x.dataId)
    this.#sources.push(variable === undefined ? { slot, constant: hold(x) } : { slot, variable })
    return slot
  }

  #newSlot({ id, dataId }: tf.Tensor): number {
    this.#tensors.set(id, this.#size)
    if (!this.#slots.has(dataId)) this.#slots.set(dataId, this.#size)
    return this.#size++
  }
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
