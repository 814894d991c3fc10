import type { Kernels } from '@llm/kernels'
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import type { Binds, NumberArray, PreparedCall, Reserved } from '../../capture/bound.js'
import { tf } from '../../tf.js'
import { ArrayPool } from './array-pool.js'
import { Attributes, Inputs, type NativeKernel } from './kernel.js'
import type { MemoryAccount } from './memory-account.js'

/**
 * TensorFlow.js's CPU backend on arrays that are used again: a tensor made by one of our kernels gives its array back
 * when it is disposed of, unless the array was handed to a kernel of TensorFlow.js, which may keep views of it.
 */
export class NativeBackend extends MathBackendCPU implements Binds {
  readonly #memory: MemoryAccount
  readonly #kernels: Kernels
  readonly #ours: ReadonlyMap<string, NativeKernel>
  readonly #arrays = new ArrayPool((length) => this.#allocate(length))
  /** Where arrays come from and go to now. */
  #pool = this.#arrays
  /** The kernel that runs, for messages. */
  #kernel = ''
  /** Inputs of the kernel that runs whose numbers were copied. */
  #copied: tf.TensorInfo[] = []
  #nextId = 0

  constructor(memory: MemoryAccount, kernels: Kernels, ours: ReadonlyMap<string, NativeKernel>) {
    super()
    this.#memory = memory
    this.#kernels = kernels
    this.#ours = ours
  }

  /** One of our kernels on some inputs, ready to run; undefined where TensorFlow.js's kernel is to run. */
  prepare(
    kernelName: string,
    inputs: tf.NamedTensorInfoMap,
    attrs: tf.NamedAttrMap | undefined,
  ): PreparedCall | undefined {
    const kernel = this.#ours.get(kernelName)
    if (kernel === undefined) return undefined
    this.#kernel = kernelName
    this.#copied = []
    const call = kernel({
      kernels: this.#kernels,
      backend: this,
      inputs: new Inputs(inputs),
      attributes: new Attributes(attrs),
    })
    if (call === undefined || this.#copied.length === 0) return call
    return { ...call, decidedBy: [...(call.decidedBy ?? []), ...this.#copied] }
  }

  reserve(f: () => readonly tf.TensorInfo[]): Reserved {
    const taken = new Set<Float32Array>()
    const take = (length: number): Float32Array => {
      const array = this.#arrays.take(length)
      taken.add(array)
      return array
    }
    let bytes = 0
    const free = (): void => {
      this.#memory.remove(bytes)
      bytes = 0
      for (const array of taken) this.#arrays.release(array)
      taken.clear()
    }
    this.#pool = new ArrayPool(take)
    try {
      for (const { dataId } of f()) {
        const array = this.arrayOf(dataId)
        if (array instanceof Float32Array) taken.delete(array)
      }
    } catch (error) {
      free()
      throw error
    } finally {
      this.#pool = this.#arrays
    }
    for (const { byteLength } of taken) bytes += byteLength
    this.#memory.add(bytes)
    return { free }
  }

  arrayOf(dataId: tf.DataId): NumberArray | undefined {
    if (!this.data.has(dataId)) return undefined
    const { values } = this.data.get(dataId)
    return values instanceof Float32Array ||
      values instanceof Int32Array ||
      values instanceof Uint8Array
      ? values
      : undefined
  }

  isAlone(dataId: tf.DataId): boolean {
    const { refCount, values } = this.data.get(dataId)
    return refCount === 1 && ArrayBuffer.isView(values) && this.#arrays.lends(values)
  }

  /** Bytes of the tensors, the most there were at one time, and of the arrays that wait to be used again. */
  usage(): { bytes: number; peakBytes: number; pooledBytes: number } {
    const { bytes, peakBytes } = this.#memory
    return { bytes, peakBytes, pooledBytes: this.#arrays.freeBytes }
  }

  /** The most bytes at one time count from now on. */
  resetPeak(): void {
    this.#memory.resetPeak()
  }

  // As in the superclass, without its advice to install another backend.
  override write(
    values: tf.backend_util.BackendValues,
    _shape: number[],
    dtype: tf.DataType,
  ): tf.DataId {
    const dataId = { id: this.#nextId++ }
    this.data.set(dataId, { values, dtype, refCount: 1 })
    this.#memory.add(bytesOf(values))
    return dataId
  }

  override move(
    dataId: tf.DataId,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    super.move(dataId, values, shape, dtype, refCount)
    this.#memory.add(bytesOf(values))
  }

  /** A float32 tensor with an array of any content, for a kernel to write. */
  output(shape: number[]): { info: tf.TensorInfo; values: Float32Array } {
    const values = this.#pool.take(tf.util.sizeFromShape(shape))
    return { info: this.makeTensorInfo(shape, 'float32', values), values }
  }

  /** The elements of a tensor as float32, for a kernel to read during its call. */
  floats(info: tf.TensorInfo): Float32Array {
    const { values } = this.data.get(info.dataId)
    if (values instanceof Float32Array) return values
    // A cast from integers leaves them as they are and only changes the type.
    if (values instanceof Int32Array || values instanceof Uint8Array) {
      this.#copied.push(info)
      return Float32Array.from(values)
    }
    throw new TypeError(`native: expected a tensor of numbers, got ${info.dtype}`)
  }

  /** The elements of an int32 tensor. */
  integers(info: tf.TensorInfo): Int32Array {
    const { values } = this.data.get(info.dataId)
    if (values instanceof Int32Array) return values
    if (values instanceof Float32Array || values instanceof Uint8Array) {
      this.#copied.push(info)
      return Int32Array.from(values)
    }
    throw new TypeError(`native: expected a tensor of integers, got ${info.dtype}`)
  }

  /**
   * Makes the tensor's array one that nothing but its data sees, so that a kernel may write it: an array that came from
   * outside, or that a kernel of TensorFlow.js may have views of, is replaced by a copy.
   *
   * @returns false where other tensors have the same data; nothing is changed then
   */
  own(info: tf.TensorInfo): boolean {
    const data = this.data.get(info.dataId)
    if (data.refCount > 1) return false
    const values = this.floats(info)
    if (!this.#arrays.lends(values)) data.values = this.#copy(values)
    return true
  }

  /** A float32 tensor with the same elements in an array of its own. */
  copy(info: tf.TensorInfo): tf.TensorInfo {
    return this.makeTensorInfo(info.shape, 'float32', this.#copy(this.floats(info)))
  }

  /** Says that someone may keep the tensor's array: it will not be used again. */
  share(info: tf.TensorInfo): void {
    this.#share(info.dataId)
  }

  /** What is read is the caller's: an array that is used again, or is a part of its buffer, is copied. */
  override readSync(dataId: tf.DataId): tf.backend_util.BackendValues {
    const { values } = this.data.get(dataId)
    const ours = (array: Float32Array) =>
      this.#arrays.lends(array) || array.byteLength < array.buffer.byteLength
    if (values instanceof Float32Array && ours(values)) return values.slice()
    return super.readSync(dataId)
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true
    const { values } = this.data.get(dataId)
    const gone = super.disposeData(dataId, force)
    if (gone) {
      this.#memory.remove(bytesOf(values))
      if (ArrayBuffer.isView(values)) this.#pool.release(values)
    }
    return gone
  }

  #allocate(length: number): Float32Array {
    this.#memory.check(4 * length, this.#kernel, this.#arrays)
    if (length < LARGE) return new Float32Array(length)
    // JavaScript's arrays start anywhere: every other vector would lie on two cache lines, and threads share lines.
    const buffer = new ArrayBuffer(4 * length + LINE)
    const start = this.#kernels.toLine(new Float32Array(buffer, 0, 1))
    return new Float32Array(buffer, start, length)
  }

  #copy(values: Float32Array): Float32Array {
    const copy = this.#pool.take(values.length)
    copy.set(values)
    return copy
  }

  #share(dataId: tf.DataId): void {
    const { values } = this.data.get(dataId)
    if (!ArrayBuffer.isView(values)) return
    this.#pool.forget(values)
    // Arrays that are reserved are lent here too.
    this.#arrays.forget(values)
  }
}

/** Bytes of a cache line. */
const LINE = 64
/** Elements from which an array is laid out on cache lines. */
const LARGE = 1024

function bytesOf(values: tf.backend_util.BackendValues | undefined): number {
  return ArrayBuffer.isView(values) ? values.byteLength : 0
}
