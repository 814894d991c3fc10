import { type FileHandle, open } from 'node:fs/promises'
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { type Document, hashText } from '../document.js'
import { documentFromFields, type FieldNames } from './from-fields.js'
import {
  boundedCompressors,
  checkRowGroups,
  type ParquetSource,
  parquetSource,
  strictParsers,
} from './parquet-file.js'
import { checkPages } from './parquet-pages.js'
import { type OpenFile, type ReadOptions, readFiles } from './read-files.js'

/** Names `readParquet` looks for in a folder. @internal */
export const parquetExtensions: readonly string[] = ['.parquet']

const batchBytes = 2 ** 24
const batchRows = 4096

export interface ParquetOptions extends ReadOptions, FieldNames {}

/**
 * Reads parquet files, one document per row, all codecs. Columns are used as `readJsonl` uses fields: a string `text`, an `id` or else
 * the hash of the file's name and the row number, the rest in `metadata`, where 64-bit integers become numbers (strings beyond
 * 2^53), times ISO strings, and bytes that are not UTF-8 base64. A file with no rows gives no documents.
 *
 * Memory: the compressed bytes of one row group (at most 1 GiB) and about 16 MiB of rows.
 *
 * @param patterns paths, globs or folders; one that matches nothing is an error.
 * @throws {ReadError} for a row without text, with the row's number; for a file that is not parquet, cut short or corrupt, or with
 *   too large row groups, with the row reading had reached, which ends the file. See `onError`.
 */
export function readParquet(
  patterns: string | readonly string[],
  options: ParquetOptions = {},
): AsyncIterable<Document> {
  return readFiles(
    'readParquet',
    patterns,
    parquetExtensions,
    options,
    () => (file) => parquetDocuments(file, options),
  )
}

/** @internal */
export async function* parquetDocuments(
  file: OpenFile,
  names: FieldNames = {},
): AsyncGenerator<Document> {
  const handle = await open(file.path, 'r')
  try {
    const source = await parquetSource(handle, file.bytes, file.onRead)
    // Marking geometry columns would trust the schema.
    const metadata = await parquetMetadataAsync(source, { geoparquet: false })
    checkRowGroups(metadata, file.bytes)
    let row = 0
    for await (const rows of batches(handle, source, metadata, file)) {
      for (const fields of rows) {
        row++
        file.record = row
        let document: Document | undefined
        try {
          document = toDocument(fields, row, file, names)
        } catch (error) {
          file.report(row, error instanceof Error ? error.message : String(error), error)
        }
        if (document !== undefined) yield document
      }
      file.record = row + 1
    }
  } finally {
    await handle.close()
  }
}

async function* batches(
  handle: FileHandle,
  source: ParquetSource,
  metadata: FileMetaData,
  file: OpenFile,
): AsyncGenerator<Record<string, unknown>[]> {
  // A page holds whole values, usually 1 MiB of them and at least one.
  const compressors = boundedCompressors(file.maxDocumentBytes + batchBytes)
  let groupStart = 0
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows)
    const groupBytes = Number(group.total_byte_size)
    const perRow = groupBytes > groupRows ? groupBytes / groupRows : 1
    const step = Math.max(1, Math.min(batchRows, Math.floor(batchBytes / perRow)))
    for (const { meta_data } of groupRows > 0 ? group.columns : []) {
      if (meta_data === undefined) throw new Error('expected metadata for every column, got none')
      await checkPages(handle, metadata, meta_data, compressors, file.bytes)
    }
    source.forget()
    for (let at = 0; at < groupRows; at += step) {
      const rowStart = groupStart + at
      const rowEnd = groupStart + Math.min(groupRows, at + step)
      const rows = await parquetReadObjects({
        file: source,
        metadata,
        compressors,
        parsers: strictParsers,
        rowStart,
        rowEnd,
      })
      if (rows.some((row) => Object.values(row).includes(undefined))) {
        throw new Error(`expected ${groupRows} rows in the row group, got fewer`)
      }
      yield rows
    }
    groupStart += groupRows
  }
}

function toDocument(
  row: Record<string, unknown>,
  number: number,
  file: OpenFile,
  names: FieldNames,
): Document {
  const { textField = 'text', idField = 'id' } = names
  for (const name of [textField, idField, 'mediaType', 'source', 'url', 'license']) {
    if (row[name] instanceof Uint8Array) {
      throw new Error(`expected UTF-8 in column "${name}", got other bytes`)
    }
  }
  const text = row[textField]
  if (typeof text === 'string' && Buffer.byteLength(text) > file.maxDocumentBytes) {
    throw new Error(`expected at most ${file.maxDocumentBytes} bytes of text, got more`)
  }
  const fields = Object.fromEntries(Object.entries(row).map(([k, v]) => [k, toJson(v)]))
  return documentFromFields(fields, file.name, () => hashText(`${file.name}:${number}`), names)
}

/** Values of parquet as JSON has them. */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value.toString()
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(toJson)
  if (ArrayBuffer.isView(value)) return toJson(Array.from(Object.values(value)))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, toJson(v)]))
  }
  return value
}
