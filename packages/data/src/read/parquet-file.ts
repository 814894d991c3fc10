import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { brotliDecompressSync, constants, gunzipSync } from 'node:zlib'
import { decompress as unzstdPage } from 'fzstd'
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import { type Compressors, compressors as library } from 'hyparquet-compressors'
import { decodeUtf8 } from '../bytes/decode.js'

/** The most compressed bytes of one row group that are held at a time. */
const largestRowGroup = 2 ** 30
const largestFooter = 2 ** 28

/** An open file as hyparquet wants it: slices, each checked against the file before it is allocated. */
export interface ParquetSource extends AsyncBuffer {
  /** Drops the slices kept for the last row group. */
  forget(): void
}

/** Opens a parquet file for hyparquet, after checking that the footer it announces can be there. */
export async function parquetSource(
  handle: FileHandle,
  byteLength: number,
  onRead: (bytes: number) => void,
): Promise<ParquetSource> {
  const tail = await readExactly(handle, Math.max(0, byteLength - 8), Math.min(8, byteLength))
  const footer = tail.length === 8 ? tail.readUInt32LE(0) : 0
  if (tail.toString('latin1', 4) !== 'PAR1' || footer > byteLength - 12) {
    throw new Error('expected a parquet file with its footer, got other bytes (cut short?)')
  }
  if (footer > largestFooter) {
    throw new Error(`expected a footer of at most ${largestFooter} bytes, got ${footer}`)
  }
  // Batches of one row group ask for the same column chunks again and again.
  const kept = new Map<string, ArrayBuffer>()
  return {
    byteLength,
    forget: () => kept.clear(),
    // Not async: hyparquet would leave the rejection of a range it did not get to unhandled.
    slice(start, end = byteLength) {
      if (!(start >= 0 && start <= end && end <= byteLength && end - start <= largestRowGroup)) {
        throw new Error(`expected a byte range inside the file, got ${start} to ${end}`)
      }
      const key = `${start}-${end}`
      const known = kept.get(key)
      if (known !== undefined) return known
      const bytes = new Uint8Array(new ArrayBuffer(end - start))
      for (let at = 0; at < bytes.length; ) {
        const count = readSync(handle.fd, bytes, at, bytes.length - at, start + at)
        if (count === 0) throw new Error('unexpected end of file')
        at += count
      }
      onRead(bytes.length)
      kept.set(key, bytes.buffer)
      return bytes.buffer
    },
  }
}

/** Refuses metadata that describes more than the file can hold or than fits in memory. */
export function checkRowGroups(metadata: FileMetaData, fileBytes: number): void {
  let rows = 0n
  for (const [i, group] of metadata.row_groups.entries()) {
    let bytes = 0
    for (const { meta_data } of group.columns)
      bytes += Number(meta_data?.total_compressed_size ?? 0)
    rows += group.num_rows
    if (!(bytes >= 0 && bytes <= fileBytes) || !(group.num_rows >= 0)) {
      throw new Error(`expected row group ${i} to fit the file, got ${bytes} bytes`)
    }
    if (bytes > largestRowGroup) {
      throw new Error(
        `expected row groups of at most ${largestRowGroup} compressed bytes, got ${bytes}; write the file with smaller row groups`,
      )
    }
  }
  if (rows !== metadata.num_rows) {
    throw new Error(`expected row groups of ${metadata.num_rows} rows together, got ${rows}`)
  }
}

/** Decompressors that make at most the bytes the page's header promises, and never more than `maxBytes`. */
export function boundedCompressors(maxBytes: number): Compressors {
  const bounded: Compressors = {
    ...library,
    GZIP: (page, length) => gunzipSync(page, { maxOutputLength: Math.max(1, length) }),
    ZSTD: (page, length) => unzstdPage(page, new Uint8Array(length)),
    BROTLI: (page, length) =>
      brotliDecompressSync(page, {
        maxOutputLength: Math.max(1, length),
        finishFlush: constants.BROTLI_OPERATION_FINISH,
      }),
  }
  for (const [codec, decompress] of Object.entries(bounded)) {
    Object.assign(bounded, {
      [codec]: (page: Uint8Array, length: number) => {
        if (length > maxBytes) {
          throw new Error(`expected pages of at most ${maxBytes} bytes, got ${length}`)
        }
        // The library's LZ4 fails on the compressed form of nothing, which a page of nulls has.
        return length === 0 ? new Uint8Array(0) : decompress(page, length)
      },
    })
  }
  return bounded
}

/**
 * How to turn bytes into values. Bytes that are not UTF-8 or not JSON stay bytes, so that the row can be reported instead of the
 * whole row group.
 */
export const strictParsers = {
  stringFromBytes(bytes: Uint8Array | undefined): string | Uint8Array | undefined {
    return orBytes(bytes, decodeUtf8)
  },
  jsonFromBytes(bytes: Uint8Array | undefined): unknown {
    return orBytes(bytes, (b): unknown => JSON.parse(decodeUtf8(b)))
  },
  timestampFromMicroseconds: (micros: bigint): string => isoTime(micros, 1000n, 3),
  timestampFromNanoseconds: (nanos: bigint): string => isoTime(nanos, 1_000_000n, 6),
}

function orBytes<T>(
  bytes: Uint8Array | undefined,
  parse: (bytes: Uint8Array) => T,
): T | Uint8Array | undefined {
  if (bytes === undefined || bytes === null) return bytes
  try {
    return parse(bytes)
  } catch {
    return bytes
  }
}

/** An ISO 8601 time with the digits below a millisecond, which Date has not, when there are any. */
function isoTime(units: bigint, perMillisecond: bigint, digits: number): string {
  const below = ((units % perMillisecond) + perMillisecond) % perMillisecond
  const date = new Date(Number((units - below) / perMillisecond))
  if (Number.isNaN(date.getTime())) return String(units)
  const iso = date.toISOString()
  return below === 0n ? iso : `${iso.slice(0, -1)}${String(below).padStart(digits, '0')}Z`
}

export async function readExactly(
  handle: FileHandle,
  start: number,
  count: number,
): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.from(new ArrayBuffer(count))
  let at = 0
  while (at < count) {
    const { bytesRead } = await handle.read(buffer, at, count - at, start + at)
    if (bytesRead === 0) throw new Error('unexpected end of file')
    at += bytesRead
  }
  return buffer
}
