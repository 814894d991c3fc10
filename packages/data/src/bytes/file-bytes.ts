import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { through } from './through.js'
import { unzstd } from './unzstd.js'

const chunkBytes = 2 ** 18

/**
 * The bytes of a file, decompressed when they are gzip (also several members one after another) or Zstandard. The
 * first bytes decide; a name that ends in `.gz` or `.zst` and other content is an error.
 *
 * @param onRead called with the number of bytes taken from the disk, per chunk.
 */
export async function* fileBytes(
  path: string,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const raw = rawBytes(path, onRead)
  try {
    const first = await raw.next()
    const start = first.done === true ? new Uint8Array(0) : first.value
    yield* decompressed(prepend(start, raw), start, path)
  } finally {
    await raw.return(undefined)
  }
}

function decompressed(
  bytes: AsyncIterable<Uint8Array>,
  start: Uint8Array,
  path: string,
): AsyncIterable<Uint8Array> {
  if (start[0] === 0x1f && start[1] === 0x8b) return gunzip(bytes)
  if (isZstd(start)) return unzstd(bytes)
  const suffix = /\.(?:gz|zst|zstd)$/i.exec(path)
  // An empty file is reported by the reader, whatever its name.
  if (suffix && start.length > 0) {
    throw new Error(`expected compressed data in a file called *${suffix[0]}, got other bytes`)
  }
  return bytes
}

/** Gunzips a stream of members. @internal */
export function gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const options = { chunkSize: chunkBytes, readableHighWaterMark: 1 }
  return through(bytes, createGunzip(options))
}

function isZstd(start: Uint8Array): boolean {
  if (start[1] === 0xb5) return start[0] === 0x28 && start[2] === 0x2f && start[3] === 0xfd
  return (
    ((start[0] ?? 0) & 0xf0) === 0x50 && start[1] === 0x2a && start[2] === 0x4d && start[3] === 0x18
  )
}

async function* rawBytes(
  path: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array, undefined> {
  const handle = await open(path, 'r')
  try {
    for (;;) {
      // A new buffer each time: what was read may still be held by a consumer.
      const buffer = Buffer.allocUnsafeSlow(chunkBytes)
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes)
      if (bytesRead === 0) return undefined
      onRead(bytesRead)
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

async function* prepend(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  yield* rest
}
