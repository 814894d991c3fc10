import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { endianness } from 'node:os'

/** What can be written: a `tf.Tensor`, or plain data. `data` may be a function, called when the tensor's turn comes. */
export interface WritableTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: TensorData | (() => Promise<TensorData>)
}

type TensorData = Float32Array | Int32Array | Uint8Array

/** Options of {@link writeSafetensors}. */
export interface WriteSafetensorsOptions {
  /** Strings for the header's `__metadata__`. transformers wants `{ format: 'pt' }`. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * Writes tensors as one safetensors file, in the order given: float32 as F32, int32 as I32.
 *
 * One tensor at a time is brought to the host. The file is written beside `path` under a temporary name, brought to the disk, and
 * renamed, so that `path` is either the old file or the whole new one. Layout: https://github.com/huggingface/safetensors.
 *
 * @throws RangeError for another dtype, or data that does not fill the shape.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { mkdtemp, readFile } = await import('node:fs/promises')
 * const { writeSafetensors } = await import('./write.js')
 * const path = `${await mkdtemp('/tmp/safetensors-')}/w.safetensors`
 * await writeSafetensors(path, { w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } })
 * const bytes = await readFile(path)
 * expect(bytes.subarray(8, 64).toString().trim()).toBe('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}')
 * ```
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, WritableTensor>>,
  { metadata }: WriteSafetensorsOptions = {},
): Promise<void> {
  const header = encodeHeader(tensors, metadata)
  const temporary = `${path}.${process.pid}.tmp`
  const handle = await open(temporary, 'w')
  try {
    await writeAll(handle, header)
    for (const [name, tensor] of Object.entries(tensors)) {
      const data = typeof tensor.data === 'function' ? await tensor.data() : tensor.data
      if (data.length !== count(tensor.shape)) {
        throw new RangeError(
          `writeSafetensors: expected ${count(tensor.shape)} elements for ${JSON.stringify(name)} of shape [${tensor.shape}], got ${data.length}`,
        )
      }
      await writeAll(handle, toLittleEndian(data))
    }
    await handle.sync()
    await handle.close()
    await rename(temporary, path)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(temporary, { force: true })
    throw error
  }
}

function encodeHeader(
  tensors: Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>> | undefined,
): Buffer {
  let begin = 0
  const entries = Object.entries(tensors).map(([name, { dtype, shape }]) => {
    const code = dtype === 'float32' ? 'F32' : dtype === 'int32' ? 'I32' : undefined
    if (code === undefined || name === '__metadata__') {
      throw new RangeError(
        `writeSafetensors: expected tensors of float32 or int32, not named __metadata__, got ${JSON.stringify(name)} of ${dtype}`,
      )
    }
    const end = begin + 4 * count(shape)
    const entry = { dtype: code, shape, data_offsets: [begin, end] }
    begin = end
    return [name, entry]
  })
  const json = JSON.stringify(
    Object.fromEntries(metadata === undefined ? entries : [['__metadata__', metadata], ...entries]),
  )
  // Spaces up to a multiple of 8, so that readers that map the file find aligned tensors.
  const bytes = Buffer.byteLength(json)
  const padded = Math.ceil(bytes / 8) * 8
  const header = Buffer.alloc(8 + padded, ' ')
  header.writeBigUInt64LE(BigInt(padded))
  header.write(json, 8)
  return header
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1)
}

function toLittleEndian({ buffer, byteOffset, byteLength }: TensorData): Uint8Array {
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  return endianness() === 'BE' ? Buffer.from(bytes).swap32() : bytes
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30))).bytesWritten
  }
}
