import { type FileHandle, open } from 'node:fs/promises'
import { endianness } from 'node:os'

const bufferBytes = 1 << 20

/** A file that is written through one reused buffer of 1 MiB. */
export class ByteSink {
  /** What is waiting to be written: the first `used` bytes. */
  readonly buffer: Uint8Array<ArrayBuffer> = new Uint8Array(bufferBytes)
  used = 0
  readonly #handle: FileHandle

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  static async create(path: string): Promise<ByteSink> {
    return new ByteSink(await open(path, 'w+'))
  }

  /** Writes what is in the buffer, a row of integers of `width` bits, as little-endian. */
  async flush(width: 8 | 16 | 32 = 8): Promise<void> {
    toLittleEndian(this.buffer.subarray(0, this.used), width)
    await writeFully(this.#handle, this.buffer.subarray(0, this.used), null)
    this.used = 0
  }

  async writeAt(bytes: Uint8Array, position: number): Promise<void> {
    await writeFully(this.#handle, bytes, position)
  }

  /** Appends all that `other` holds. Both buffers must be flushed. */
  async append(other: ByteSink): Promise<void> {
    for (let position = 0; ; ) {
      const { bytesRead } = await other.#handle.read(this.buffer, 0, bufferBytes, position)
      if (bytesRead === 0) return
      position += bytesRead
      this.used = bytesRead
      await this.flush()
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/** Changes integers of `width` bits in place from the machine's byte order to little-endian, or back. */
export function toLittleEndian(bytes: Uint8Array, width: 8 | 16 | 32): void {
  if (endianness() === 'LE' || width === 8) return
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (width === 16) buffer.swap16()
  else buffer.swap32()
}

async function writeFully(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number | null,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done
    done += (await handle.write(bytes, done, bytes.length - done, at)).bytesWritten
  }
}
