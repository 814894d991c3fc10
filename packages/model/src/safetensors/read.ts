import { type FileHandle, open } from 'node:fs/promises'
import { endianness } from 'node:os'
import { fromBfloat16, fromFloat16 } from './half.js'
import { maxHeaderBytes, parseHeader, type TensorEntry } from './header.js'

/** A tensor in this machine's memory: row-major `data` of `shape`. */
export interface HostTensor {
  readonly dtype: 'float32' | 'int32'
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/** An open safetensors file, whose header has been checked. */
export interface SafetensorsFile {
  readonly metadata: ReadonlyMap<string, string>
  /** What the file holds, by name; nothing of it is in memory yet. */
  readonly entries: ReadonlyMap<string, TensorEntry>
  /** Reads one tensor. F16 and BF16 become float32, which loses nothing. */
  read(name: string): Promise<HostTensor>
  close(): Promise<void>
}

/**
 * Opens a safetensors file and checks its header against its size, before anything is allocated.
 *
 * `read` takes F32, F16, BF16 and I32 tensors, one at a time, so a file larger than memory can be gone through.
 *
 * @throws RangeError when the file is not sound; the system's error when it cannot be opened.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const headerBytes = size < 8 ? -1 : Number((await readBytes(handle, 0, 8)).readBigUInt64LE())
    if (headerBytes < 2 || headerBytes > Math.min(maxHeaderBytes, size - 8)) {
      throw new RangeError(
        `openSafetensors: expected ${path} to start with the length of its header, got ${headerBytes} in a file of ${size} bytes; it is cut off or no safetensors file`,
      )
    }
    const json = (await readBytes(handle, 8, headerBytes)).toString('utf8')
    const dataStart = 8 + headerBytes
    const { metadata, entries } = parseHeader(json, size - dataStart)
    return {
      metadata,
      entries,
      async read(name) {
        const entry = entries.get(name)
        if (entry === undefined) {
          throw new RangeError(
            `openSafetensors: expected the name of a tensor in ${path}, got ${JSON.stringify(name)}`,
          )
        }
        const bytes = await readBytes(handle, dataStart + entry.begin, entry.end - entry.begin)
        return { shape: entry.shape, ...decode(name, entry.dtype, bytes) }
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/**
 * Reads a whole safetensors file: its tensors and its metadata by name.
 *
 * @throws RangeError when the file is not sound or holds a dtype other than F32, F16, BF16 or I32.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { mkdtemp } = await import('node:fs/promises')
 * const { readSafetensors, writeSafetensors } = await import('../index.js')
 * const path = `${await mkdtemp('/tmp/safetensors-')}/model.safetensors`
 * await writeSafetensors(path, { w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } })
 * const { tensors } = await readSafetensors(path)
 * expect([...tensors.get('w')!.data]).toEqual([1, 2])
 * ```
 */
export async function readSafetensors(path: string): Promise<{
  readonly metadata: ReadonlyMap<string, string>
  readonly tensors: ReadonlyMap<string, HostTensor>
}> {
  const file = await openSafetensors(path)
  try {
    const tensors = new Map<string, HostTensor>()
    for (const name of file.entries.keys()) tensors.set(name, await file.read(name))
    return { metadata: file.metadata, tensors }
  } finally {
    await file.close()
  }
}

function decode(name: string, dtype: string, bytes: Buffer): Pick<HostTensor, 'dtype' | 'data'> {
  const { buffer, byteOffset, length } = bytes
  if (endianness() === 'BE') {
    if (dtype === 'F32' || dtype === 'I32') bytes.swap32()
    else bytes.swap16()
  }
  switch (dtype) {
    case 'F32':
      return { dtype: 'float32', data: new Float32Array(buffer, byteOffset, length / 4) }
    case 'I32':
      return { dtype: 'int32', data: new Int32Array(buffer, byteOffset, length / 4) }
    case 'F16':
      return {
        dtype: 'float32',
        data: fromFloat16(new Uint16Array(buffer, byteOffset, length / 2)),
      }
    case 'BF16':
      return {
        dtype: 'float32',
        data: fromBfloat16(new Uint16Array(buffer, byteOffset, length / 2)),
      }
    default:
      throw new RangeError(
        `openSafetensors: expected ${JSON.stringify(name)} to be F32, F16, BF16 or I32, got ${dtype}`,
      )
  }
}

/** Buffers above this are read in parts: one read call takes less than 2 GiB. */
const readLimit = 2 ** 30

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  // Not from Node's shared pool, so that the bytes are aligned for typed arrays and owned by the tensor alone.
  const bytes = Buffer.from(new ArrayBuffer(length))
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(
      bytes,
      done,
      Math.min(length - done, readLimit),
      position + done,
    )
    if (bytesRead === 0) {
      throw new RangeError(
        `openSafetensors: expected ${length} bytes at ${position}, got ${done}; the file has become shorter`,
      )
    }
    done += bytesRead
  }
  return bytes
}
