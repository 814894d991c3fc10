import { Decompress } from 'fzstd'
import { ByteReader } from './byte-reader.js'

/** The largest window accepted, that of `zstd --long`: what the `zstd` program itself accepts by default. */
const largestWindow = 2 ** 27
const largestBlock = 2 ** 17

/**
 * Decompresses Zstandard frames, one block at a time, so that no input can expand to more than a block (128 KiB)
 * beyond what was asked for. Headers are checked before anything is allocated. Frames may follow each other and
 * skippable frames are passed over. Checksums are not verified (fzstd does not).
 *
 * Format: RFC 8878, section 3.
 *
 * @throws on data that is not Zstandard, is cut short, or asks for a window above 128 MiB.
 */
export async function* unzstd(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(input)
  try {
    for (;;) {
      const magic = await reader.take(4)
      if (magic.length === 0) return
      const word = magic.length === 4 ? view(magic).getUint32(0, true) : 0
      if (word >>> 4 === 0x184d2a5) await skipFrame(reader)
      else if (word === 0xfd2fb528) yield* frame(reader, magic)
      else throw new Error('expected a zstd frame, got other bytes')
    }
  } finally {
    await reader.close()
  }
}

async function skipFrame(reader: ByteReader): Promise<void> {
  const length = view(await exactly(reader, 4)).getUint32(0, true)
  if ((await reader.skip(length)) < length) throw new Error('unexpected end of zstd data')
}

async function* frame(reader: ByteReader, magic: Uint8Array): AsyncGenerator<Uint8Array> {
  const { header, hasChecksum } = await frameHeader(reader)
  const out: Uint8Array[] = []
  const decoder = new Decompress((bytes) => {
    if (bytes.length > 0) out.push(bytes)
  })
  decoder.push(Buffer.concat([magic, header]))
  for (let last = false; !last; ) {
    const head = await exactly(reader, 3)
    const word = (head[0] ?? 0) | ((head[1] ?? 0) << 8) | ((head[2] ?? 0) << 16)
    last = (word & 1) === 1
    const type = (word >>> 1) & 3
    const size = word >>> 3
    if (type === 3) throw new Error('expected a zstd block, got a reserved type')
    if (size > largestBlock) {
      throw new Error(`expected a zstd block of at most ${largestBlock} bytes, got ${size}`)
    }
    const body = await exactly(reader, type === 1 ? 1 : size)
    const checksum = last && hasChecksum ? await exactly(reader, 4) : new Uint8Array(0)
    decoder.push(Buffer.concat([head, body, checksum]), last)
    yield* out.splice(0)
  }
}

async function frameHeader(
  reader: ByteReader,
): Promise<{ header: Uint8Array; hasChecksum: boolean }> {
  const descriptor = await exactly(reader, 1)
  const flags = descriptor[0] ?? 0
  const singleSegment = (flags >>> 5) & 1
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0
  const sizeBytes = flags >>> 6 === 0 ? singleSegment : 1 << (flags >>> 6)
  if (dictionaryBytes > 0) throw new Error('expected zstd without a dictionary, got one with')
  const rest = await exactly(reader, 1 - singleSegment + sizeBytes)

  let window: number
  if (singleSegment === 1) {
    window = sizeBytes === 2 ? 256 : 0
    for (let i = 0; i < sizeBytes; i++) window += (rest[i] ?? 0) * 256 ** i
  } else {
    const base = 2 ** (10 + ((rest[0] ?? 0) >>> 3))
    window = base + (base / 8) * ((rest[0] ?? 0) & 7)
  }
  if (window > largestWindow) {
    throw new Error(`expected a zstd window of at most ${largestWindow} bytes, got ${window}`)
  }
  return { header: Buffer.concat([descriptor, rest]), hasChecksum: (flags & 4) !== 0 }
}

async function exactly(reader: ByteReader, count: number): Promise<Uint8Array> {
  const bytes = await reader.take(count)
  if (bytes.length < count) throw new Error('unexpected end of zstd data')
  return bytes
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
