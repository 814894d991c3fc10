import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Document } from '../document.js'

/** Takes the bytes of a shard in order. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>

/** Turns documents into the bytes of one file. */
export interface Encoder {
  /** `line` is the document as JSON. */
  add(document: Document, line: string): Promise<void>
  /** Writes what is left. */
  end(): Promise<void>
  /** Frees what it holds, when the shard is given up. */
  destroy?(): void
}

/** What is known of a file that was written. */
export interface WrittenFile {
  readonly bytes: number
  readonly sha256: string
}

/** A file that gets its name only when it is whole. */
export interface ShardFile {
  readonly encoder: Encoder
  /** Closes the file, still under its temporary name. */
  finish(): Promise<WrittenFile>
  /** Gives the finished file its name. */
  publish(): Promise<void>
  /** Removes the file. */
  abandon(): Promise<void>
}

export async function openShard(
  path: string,
  encode: (write: WriteBytes) => Encoder,
): Promise<ShardFile> {
  const temporary = `${path}.tmp`
  const handle = await open(temporary, 'w')
  const hash = createHash('sha256')
  let bytes = 0
  const encoder = encode(async (chunk) => {
    hash.update(chunk)
    bytes += chunk.length
    await writeAll(handle, chunk)
  })
  return {
    encoder,
    async finish() {
      await encoder.end()
      await handle.sync()
      await handle.close()
      return { bytes, sha256: hash.digest('hex') }
    },
    publish: () => rename(temporary, path),
    async abandon() {
      encoder.destroy?.()
      await handle.close().catch(() => {})
      await rm(temporary, { force: true })
    },
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at)
    at += bytesWritten
  }
}
