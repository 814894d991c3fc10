import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Document } from '@llm/data'

/** Documents set aside in a temporary file, to be read again in the order they were written. */
export interface Spill {
  /** Documents written. */
  readonly count: number
  write(document: Document): Promise<void>
  /** One document by its number. */
  at(index: number): Promise<Document>
  /** All documents in order. Nothing may be written any more. */
  read(): AsyncIterable<Document>
  /** Deletes the file. */
  close(): Promise<void>
}

const bufferSize = 1 << 20

/** Opens a spill file in `directory`, by default the system's temporary one. Memory: 8 bytes per document and 1 MB. */
export async function openSpill(directory: string = tmpdir()): Promise<Spill> {
  const folder = await mkdtemp(join(directory, 'llm-dedup-'))
  const file = await open(join(folder, 'documents.bin'), 'wx+')
  /** Where each document starts. */
  let offsets = new Float64Array(1024)
  let count = 0
  let written = 0
  let pending: Buffer[] = []
  let pendingSize = 0

  const flush = async (): Promise<void> => {
    if (pendingSize === 0) return
    const chunk = Buffer.concat(pending)
    pending = []
    pendingSize = 0
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, at, chunk.length - at, written)
      at += bytesWritten
      written += bytesWritten
    }
  }

  const load = async (start: number, size: number): Promise<Buffer> => {
    const buffer = Buffer.allocUnsafe(size)
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(buffer, at, size - at, start + at)
      if (bytesRead === 0)
        throw new Error(`spill: expected ${size} bytes at ${start}, the file ends at ${start + at}`)
      at += bytesRead
    }
    return buffer
  }

  const end = (index: number): number => (index + 1 < count ? offsets[index + 1]! : written)

  return {
    get count() {
      return count
    },
    async write(document) {
      if (count === offsets.length) {
        const larger = new Float64Array(2 * count)
        larger.set(offsets)
        offsets = larger
      }
      offsets[count++] = written + pendingSize
      // Structured clone keeps what JSON would lose: dates, undefined, typed arrays in the metadata.
      const bytes = serialize(document)
      pending.push(bytes)
      pendingSize += bytes.length
      if (pendingSize >= bufferSize) await flush()
    },
    async at(index) {
      await flush()
      const start = offsets[index]!
      return deserialize(await load(start, end(index) - start))
    },
    async *read() {
      await flush()
      for (let i = 0; i < count; ) {
        // As many whole documents as fit the buffer, at least one.
        let last = i + 1
        while (last < count && end(last) - offsets[i]! <= bufferSize) last++
        const base = offsets[i]!
        const chunk = await load(base, end(last - 1) - base)
        for (; i < last; i++) {
          yield deserialize(chunk.subarray(offsets[i]! - base, end(i) - base))
        }
      }
    },
    async close() {
      await file.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
