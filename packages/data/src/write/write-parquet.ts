import * as zlib from 'node:zlib'
import type { CompressionCodec, SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Document } from '../document.js'
import type { Manifest } from './manifest.js'
import type { Encoder, WriteBytes } from './shard-file.js'
import { type WriteOptions, writeShards } from './write-shards.js'

const groupChars = 2 ** 24
const groupRows = 10_000

export interface WriteParquetOptions extends WriteOptions {
  /** Default `'snappy'`. `'zstd'` needs Node 22.15 or newer. */
  readonly compression?: 'none' | 'snappy' | 'gzip' | 'zstd'
}

/**
 * Writes documents as parquet into a folder, in shards called `part-00000.parquet` and so on, with a manifest, as `writeJsonl` does.
 * The columns are `id`, `text`, `mediaType`, `source`, `url`, `license` (strings) and `metadata` (JSON); a row group holds about
 * 16 MiB. `readParquet` gives the same documents back.
 *
 * @returns the manifest, once everything is on disk.
 * @throws when the folder was written with other options or documents, when a document is not JSON, and when a string has half a
 *   surrogate pair, which UTF-8 cannot hold.
 * @example
 * ```ts @import.meta.vitest
 * const { writeParquet, readParquet, collect } = await import('../index.js')
 * const { mkdtemp } = await import('node:fs/promises')
 * const folder = await mkdtemp(`${(await import('node:os')).tmpdir()}/write-`)
 * const documents = [{ id: 'a', text: 'one', source: 'x', metadata: { score: 0.5 } }]
 * await writeParquet(documents, folder)
 * expect(await collect(readParquet(folder))).toEqual(documents)
 * ```
 */
export async function writeParquet(
  documents: AsyncIterable<Document> | Iterable<Document>,
  directory: string,
  options: WriteParquetOptions = {},
): Promise<Manifest> {
  const { compression = 'snappy' } = options
  const codec = codecs[compression]
  if (codec === undefined) {
    throw new RangeError(
      `writeParquet: expected compression "none", "snappy", "gzip" or "zstd", got "${compression}"`,
    )
  }
  const compressors = codec === 'ZSTD' ? { ZSTD: zstdCompressor() } : { GZIP: gzip }
  const format = {
    writer: 'writeParquet',
    format: 'parquet',
    compression,
    extension: 'parquet',
    encode: (write: WriteBytes) => rows(write, codec, compressors),
  } as const
  return writeShards(documents, directory, format, options)
}

const codecs: Readonly<Record<string, CompressionCodec>> = {
  none: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  zstd: 'ZSTD',
}

const optional = ['mediaType', 'source', 'url', 'license'] as const

const schema: SchemaElement[] = [
  { name: 'root', num_children: 7 },
  { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ...optional.map(
    (name): SchemaElement => ({
      name,
      type: 'BYTE_ARRAY',
      converted_type: 'UTF8',
      repetition_type: 'OPTIONAL',
    }),
  ),
  { name: 'metadata', type: 'BYTE_ARRAY', converted_type: 'JSON', repetition_type: 'OPTIONAL' },
]

type Compressor = (page: Uint8Array) => Uint8Array

function rows(
  write: WriteBytes,
  codec: CompressionCodec,
  compressors: Partial<Record<CompressionCodec, Compressor>>,
): Encoder {
  const bytes = new ByteWriter()
  const flush = async (): Promise<void> => {
    const chunk = new Uint8Array(bytes.buffer, 0, bytes.index)
    await write(chunk)
    bytes.index = 0
  }
  const parquet = new ParquetWriter({ writer: bytes, schema, codec, compressors })
  let group: Document[] = []
  let chars = 0

  async function endGroup(): Promise<void> {
    if (group.length === 0) return
    const documents = group
    group = []
    chars = 0
    const column = (name: Exclude<keyof Document, 'metadata'>): (string | null)[] =>
      documents.map((document) => document[name] ?? null)
    await parquet.write({
      rowGroupSize: documents.length,
      columnData: [
        { name: 'id', data: column('id'), encoding: 'PLAIN' },
        // Bounds of whole texts are of no use.
        { name: 'text', data: column('text'), encoding: 'PLAIN', statistics: false },
        ...optional.map((name) => ({ name, data: column(name) })),
        {
          name: 'metadata',
          data: documents.map((document) => document.metadata ?? null),
          encoding: 'PLAIN',
          statistics: false,
        },
      ],
    })
    await flush()
  }

  return {
    async add(document, line) {
      refuseLoneSurrogates(document)
      group.push(document)
      chars += line.length
      if (chars >= groupChars || group.length >= groupRows) await endGroup()
    },
    async end() {
      await endGroup()
      await parquet.finish()
      await flush()
    },
  }
}

function refuseLoneSurrogates(document: Document): void {
  for (const name of ['id', 'text', ...optional] as const) {
    // With the u flag, a surrogate that is part of a pair does not match.
    if (/\p{Surrogate}/u.test(document[name] ?? '')) {
      throw new Error(
        `writeParquet: expected well-formed text, got half a surrogate pair in ${name} of document "${document.id}"; repair it first, or use writeJsonl`,
      )
    }
  }
}

function gzip(page: Uint8Array): Uint8Array {
  return zlib.gzipSync(page)
}

function zstdCompressor(): Compressor {
  const compress: unknown = Reflect.get(zlib, 'zstdCompressSync')
  if (typeof compress !== 'function') {
    throw new Error(
      `writeParquet: expected Node 22.15 or newer for compression "zstd", got ${process.version}; use "snappy" or "gzip", or a newer Node`,
    )
  }
  return (page) => {
    const result: unknown = compress(page)
    if (!(result instanceof Uint8Array))
      throw new Error('writeParquet: expected bytes from node:zlib')
    return result
  }
}
