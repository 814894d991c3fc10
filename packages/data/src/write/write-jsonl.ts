import { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import type { Document } from '../document.js'
import type { Manifest } from './manifest.js'
import type { Encoder, WriteBytes } from './shard-file.js'
import { type WriteOptions, writeShards } from './write-shards.js'

const batchChars = 2 ** 18

export interface WriteJsonlOptions extends WriteOptions {
  /** Default `'none'`. `'zstd'` needs Node 22.15 or newer. */
  readonly compression?: 'none' | 'gzip' | 'zstd'
}

/**
 * Writes documents as JSON Lines into a folder, in shards called `part-00000.jsonl` (`.gz`, `.zst`) and so on, with a
 * `manifest.json` that names each shard's documents, bytes and SHA-256. A shard gets its name when it is whole; a killed run
 * continues, see `resume`. `readJsonl` gives the same documents back.
 *
 * @returns the manifest, once everything is on disk.
 * @throws when the folder was written with other options or documents, and when a document is not JSON.
 * @example
 * ```ts @import.meta.vitest
 * const { writeJsonl, readJsonl, collect } = await import('../index.js')
 * const { mkdtemp } = await import('node:fs/promises')
 * const folder = await mkdtemp(`${(await import('node:os')).tmpdir()}/write-`)
 * const documents = [{ id: 'a', text: 'one', source: 'x' }, { id: 'b', text: 'two', source: 'x' }]
 * const { shards, contentSha256 } = await writeJsonl(documents, folder, { compression: 'gzip', shardBytes: 50 })
 * expect(shards.map(({ file }) => file)).toEqual(['part-00000.jsonl.gz', 'part-00001.jsonl.gz'])
 * expect(contentSha256).toMatch(/^921c952f/)
 * expect(await collect(readJsonl(folder))).toEqual(documents)
 * ```
 */
export async function writeJsonl(
  documents: AsyncIterable<Document> | Iterable<Document>,
  directory: string,
  options: WriteJsonlOptions = {},
): Promise<Manifest> {
  const { compression = 'none' } = options
  const suffix = { none: '', gzip: '.gz', zstd: '.zst' }[compression]
  if (suffix === undefined) {
    throw new RangeError(
      `writeJsonl: expected compression "none", "gzip" or "zstd", got "${compression}"`,
    )
  }
  const compressor = compressorFor(compression)
  const format = {
    writer: 'writeJsonl',
    format: 'jsonl',
    compression,
    extension: `jsonl${suffix}`,
    encode: (write: WriteBytes) =>
      inBatches(compressor === undefined ? plain(write) : compressed(write, compressor())),
  } as const
  return writeShards(documents, directory, format, options)
}

interface ByteEncoder {
  add(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
  destroy?(): void
}

/** Joins lines, so that each write is worth its cost. */
function inBatches(target: ByteEncoder): Encoder {
  let batch = ''
  async function flush(): Promise<void> {
    const bytes = Buffer.from(batch, 'utf8')
    batch = ''
    await target.add(bytes)
  }
  return {
    ...target,
    async add(_, line) {
      batch += line
      if (batch.length >= batchChars) await flush()
    },
    async end() {
      await flush()
      await target.end()
    },
  }
}

function plain(write: WriteBytes): ByteEncoder {
  return { add: write, end: async () => {} }
}

function compressed(write: WriteBytes, stream: Transform): ByteEncoder {
  let out: Uint8Array[] = []
  let fail: (error: Error) => void = () => {}
  stream.on('data', (bytes: Uint8Array) => out.push(bytes))
  stream.on('error', (error) => fail(error))
  async function pass(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      fail = reject
      start((error) => (error ? reject(error) : resolve()))
    })
    const ready = out
    out = []
    for (const bytes of ready) await write(bytes)
  }
  return {
    add: (bytes) => pass((done) => stream.write(bytes, done)),
    end: () =>
      pass((done) => {
        stream.once('end', () => done())
        stream.end()
      }),
    destroy: () => stream.destroy(),
  }
}

function compressorFor(compression: 'none' | 'gzip' | 'zstd'): (() => Transform) | undefined {
  if (compression === 'none') return undefined
  if (compression === 'gzip') return () => zlib.createGzip()
  const create: unknown = Reflect.get(zlib, 'createZstdCompress')
  if (typeof create !== 'function') {
    throw new Error(
      `writeJsonl: expected Node 22.15 or newer for compression "zstd", got ${process.version}; use "gzip", or a newer Node`,
    )
  }
  return () => {
    const stream: unknown = create()
    if (!(stream instanceof Transform))
      throw new Error('writeJsonl: expected a stream from node:zlib')
    return stream
  }
}
