import type { Kernels } from '@llm/kernels'
import type { PreparedCall } from '../../capture/bound.js'
import type { tf } from '../../tf.js'
import type { NativeBackend } from './native-backend.js'

/** What a native kernel is called with. */
export interface Call {
  readonly kernels: Kernels
  readonly backend: NativeBackend
  readonly inputs: Inputs
  readonly attributes: Attributes
}

/** A kernel of the native backend; undefined where it leaves the call to TensorFlow.js's kernel. */
export type NativeKernel = (call: Call) => PreparedCall | undefined

/** A call of one function of the addon. */
export function prepared<A extends unknown[]>(
  outputs: PreparedCall['outputs'],
  kernel: (...args: A) => unknown,
  ...args: A
): PreparedCall {
  return { outputs, run: () => kernel(...args) }
}

/** A kernel's inputs by name. */
export class Inputs {
  readonly #inputs: tf.NamedTensorInfoMap

  constructor(inputs: tf.NamedTensorInfoMap) {
    this.#inputs = inputs
  }

  /** The input of this name. */
  get(name: string): tf.TensorInfo {
    const input = this.#inputs[name]
    if (input === undefined) throw new TypeError(`native: expected an input ${name}, got none`)
    return input
  }

  has(name: string): boolean {
    return this.#inputs[name] !== undefined
  }

  /** All inputs, for kernels that take a list. */
  all(): tf.TensorInfo[] {
    return Object.values(this.#inputs).filter((input) => input !== undefined)
  }
}

/** A kernel's attributes by name. */
export class Attributes {
  readonly #attributes: tf.NamedAttrMap

  constructor(attributes: tf.NamedAttrMap | undefined) {
    this.#attributes = attributes ?? {}
  }

  number(name: string): number {
    const value = this.#attributes[name]
    if (typeof value !== 'number') throw new TypeError(`native: expected a number ${name}`)
    return value
  }

  boolean(name: string): boolean {
    return this.#attributes[name] === true
  }

  /** A number, or a list of numbers; the empty list when absent. */
  numbers(name: string): number | number[] {
    const value = this.#attributes[name]
    if (typeof value === 'number') return value
    return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : []
  }

  /** A list of numbers. */
  list(name: string): number[] {
    const value = this.numbers(name)
    return Array.isArray(value) ? value : [value]
  }

  /** A list of pairs of numbers; undefined when it is something else. */
  pairs(name: string): [number, number][] | undefined {
    const value = this.#attributes[name]
    if (!Array.isArray(value)) return undefined
    const pairs: [number, number][] = []
    for (const item of value) {
      if (!Array.isArray(item)) return undefined
      const [first, second] = item
      if (typeof first !== 'number' || typeof second !== 'number') return undefined
      pairs.push([first, second])
    }
    return pairs
  }
}
