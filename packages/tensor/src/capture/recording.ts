import { tf } from '../tf.js'
import { hold } from './hold.js'

/** A tensor that a call reads; each replay puts the data of its slot in. */
export interface Operand {
  readonly slot: number
  readonly info: tf.TensorInfo
}

/** A kernel's call, or a look at the data of a tensor, such as a check that throws. */
export interface Call {
  readonly work: KernelCall | ((dataId: tf.DataId) => void)
  readonly operands: readonly Operand[]
  /** The slots of what it makes. */
  readonly outputs: readonly number[]
  /** The slots that nothing reads after it. */
  readonly free: number[]
}

export interface KernelCall {
  readonly name: string
  /** Those of the operands by name. */
  readonly inputs: tf.NamedTensorInfoMap
  readonly attrs: tf.NamedAttrMap | undefined
  readonly run: tf.KernelFunc
}

/** Where the data of a slot comes from that no call makes. */
export type Source =
  | { readonly slot: number; readonly input: number }
  | { readonly slot: number; readonly variable: tf.Variable }
  | { readonly slot: number; readonly constant: tf.Tensor }

/** Kernels that only give their input another shape or type, whatever its numbers; a replay does without them. */
const renaming = new Set<string>([tf.Identity, tf.Reshape, tf.ExpandDims, tf.Cast])

/** The kernels that a function has run, in their order, on numbered data (slots) in place of tensors. */
export class Recording {
  /** Why it cannot be replayed; undefined while it can. */
  obstacle: string | undefined
  readonly sources: Source[] = []
  readonly calls: Call[] = []
  results: Operand[] = []
  /** The number of slots. */
  size = 0
  /** Slots by the ids of tensors, and of the first tensor of some data: what has the same data now may not have it in a replay. */
  readonly #tensors = new Map<number, number>()
  readonly #slots = new Map<tf.DataId, number>()
  readonly #variables: ReadonlyMap<tf.DataId, tf.Variable>

  constructor(inputs: readonly tf.Tensor[]) {
    const variables = Object.values(tf.engine().registeredVariables)
    this.#variables = new Map(variables.map((variable) => [variable.dataId, variable]))
    for (const [input, x] of inputs.entries()) {
      if (this.#slots.has(x.dataId)) this.obstacle = 'two of the inputs have the same data'
      this.sources.push({ slot: this.#newSlot(x), input })
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
    const { kernelFunc: run } = tf.getKernel(name, tf.getBackend())
    const outputs = made.map((y) => this.#newSlot(y))
    this.calls.push({ work: { name, inputs, attrs, run }, operands, outputs, free: [] })
  }

  /** Says that a tensor was made of another's data. */
  addAlias(x: tf.Tensor, other: tf.Tensor): void {
    this.#tensors.set(other.id, this.#operand(x).slot)
  }

  addLook(x: tf.Tensor, look: (dataId: tf.DataId) => void): void {
    this.calls.push({ work: look, operands: [this.#operand(x)], outputs: [], free: [] })
  }

  /** Says what the function returned, after which the recording can be replayed unless there is an obstacle. */
  end(results: readonly tf.Tensor[]): void {
    this.results = results.map((y) => this.#operand(y))
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
    const needed = new Set(this.results.map(({ slot }) => slot))
    for (const { slot } of this.sources) needed.add(slot)
    for (const call of [...this.calls].reverse()) {
      for (const slot of [...call.outputs, ...call.operands.map((operand) => operand.slot)]) {
        if (needed.has(slot)) continue
        needed.add(slot)
        call.free.push(slot)
      }
    }
  }

  /** Whether all variables that it reads are still there. */
  get alive(): boolean {
    return this.sources.every((source) => !('variable' in source) || !source.variable.isDisposed)
  }

  /** Gives back what it holds. */
  dispose(): void {
    for (const source of this.sources.splice(0)) {
      if ('constant' in source) source.constant.dispose()
    }
    this.calls.splice(0)
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
    this.sources.push(variable === undefined ? { slot, constant: hold(x) } : { slot, variable })
    return slot
  }

  #newSlot({ id, dataId }: tf.Tensor): number {
    this.#tensors.set(id, this.size)
    if (!this.#slots.has(dataId)) this.#slots.set(dataId, this.size)
    return this.size++
  }
}
