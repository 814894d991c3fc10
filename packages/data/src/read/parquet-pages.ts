import type { FileHandle } from 'node:fs/promises'
import type { ColumnMetaData, FileMetaData, PageHeader } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { decompressPage } from 'hyparquet/src/datapage.js'
import {
  getMaxDefinitionLevel,
  getMaxRepetitionLevel,
  getSchemaPath,
} from 'hyparquet/src/schema.js'
import type { Compressors } from 'hyparquet-compressors'
import { readExactly } from './parquet-file.js'
import { decodeRuns } from './run-lengths.js'

const mostPageValues = 2 ** 24
const mostColumnValues = 2 ** 26

/**
 * Goes over the pages of one column of a row group before hyparquet reads them: it makes arrays as long as page headers say, and
 * writes runs as long as they claim to be, so that one flipped bit could take all memory and more time than there is.
 *
 * @throws for a column whose pages do not fit together.
 */
export async function checkPages(
  handle: FileHandle,
  metadata: FileMetaData,
  column: ColumnMetaData,
  compressors: Compressors,
  fileBytes: number,
): Promise<void> {
  const path = getSchemaPath(metadata.schema, column.path_in_schema)
  const levels = {
    repetition: getMaxRepetitionLevel(path),
    definition: getMaxDefinitionLevel(path),
  }
  const isBoolean = path.at(-1)?.element.type === 'BOOLEAN'
  const dictionary = Number(column.dictionary_page_offset ?? 0)
  const data = Number(column.data_page_offset)
  let at = dictionary > 0 && dictionary < data ? dictionary : data
  const end = at + Number(column.total_compressed_size)
  if (!(at >= 4 && at <= end && end <= fileBytes)) {
    throw new Error(`expected a column inside the file, got bytes ${at} to ${end}`)
  }
  let values = 0
  while (at < end) {
    const { header, bytes } = await readHeader(handle, at, end)
    const size = header.compressed_page_size
    if (!(size >= 0 && at + bytes + size <= end)) {
      throw new Error(`expected a page inside its column, got ${size} bytes`)
    }
    const packed = await readExactly(handle, at + bytes, size)
    values += checkPage(header, packed, levels, isBoolean, (page, length) =>
      decompressPage(page, length, column.codec, compressors),
    )
    if (values > mostColumnValues) throw tooMany(values)
    at += bytes + size
  }
}

/** The number of values of a data page, once it is known to be sound. */
function checkPage(
  header: PageHeader,
  packed: Uint8Array,
  levels: { readonly repetition: number; readonly definition: number },
  isBoolean: boolean,
  decompress: (bytes: Uint8Array, length: number) => Uint8Array,
): number {
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dict } = header
  const count = (v1 ?? v2 ?? dict)?.num_values ?? 0
  if (!(count >= 0 && count <= mostPageValues)) throw tooMany(count)
  if (v1 !== undefined) {
    let bytes = decompress(packed, header.uncompressed_page_size)
    let present = count
    for (const [name, max] of Object.entries(levels)) {
      if (max === 0) continue
      const length = uint32(bytes)
      const values = decodeRuns(section(bytes, 4, length), widthOf(max), count)
      if (name === 'definition') present = countOf(values, max)
      bytes = bytes.subarray(4 + length)
    }
    checkValues(bytes, v1.encoding, isBoolean, present)
    return count
  }
  if (v2 !== undefined) {
    const repetition = v2.repetition_levels_byte_length
    const definition = v2.definition_levels_byte_length
    const levelBytes = section(packed, 0, repetition + definition)
    let present = count
    if (levels.repetition > 0) {
      decodeRuns(section(levelBytes, 0, repetition), widthOf(levels.repetition), count)
    }
    if (levels.definition > 0) {
      const runs = section(levelBytes, repetition, definition)
      present = countOf(decodeRuns(runs, widthOf(levels.definition), count), levels.definition)
    }
    if (count - v2.num_nulls !== present) {
      throw new Error(`expected ${present} values in a page, got ${count - v2.num_nulls}`)
    }
    const rest = packed.subarray(repetition + definition)
    const length = header.uncompressed_page_size - repetition - definition
    const bytes = v2.is_compressed === false ? rest : decompress(rest, length)
    checkValues(bytes, v2.encoding, isBoolean, present)
    return count
  }
  return 0
}

function checkValues(bytes: Uint8Array, encoding: string, isBoolean: boolean, count: number): void {
  if (count === 0) return
  if (encoding === 'RLE' && isBoolean) {
    decodeRuns(section(bytes, 4, uint32(bytes)), 1, count)
  } else if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    const width = bytes[0] ?? 255
    if (width > 32) throw new Error(`expected indices of at most 32 bits, got ${width}`)
    if (width > 0) decodeRuns(bytes.subarray(1), width, count)
  } else if (encoding === 'RLE') {
    throw new Error('expected booleans under the encoding RLE, got another type')
  }
}

async function readHeader(
  handle: FileHandle,
  start: number,
  end: number,
): Promise<{ header: PageHeader; bytes: number }> {
  for (let guess = 2 ** 12; ; guess *= 16) {
    const bytes = await readExactly(handle, start, Math.min(guess, end - start))
    const reader = { view: new DataView(bytes.buffer), offset: 0 }
    try {
      return { header: parquetHeader(reader), bytes: reader.offset }
    } catch (error) {
      // A header with long statistics, perhaps.
      if (start + guess >= end || guess > 2 ** 20) throw error
    }
  }
}

function section(bytes: Uint8Array, start: number, length: number): Uint8Array {
  if (!(length >= 0 && start + length <= bytes.length)) {
    throw new Error(`expected levels inside their page, got ${length} bytes`)
  }
  return bytes.subarray(start, start + length)
}

function uint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
}

function countOf(values: Uint32Array, wanted: number): number {
  let count = 0
  for (const value of values) if (value === wanted) count++
  return count
}

/** Bits that hold the levels up to `max`. */
function widthOf(max: number): number {
  return 32 - Math.clz32(max)
}

function tooMany(count: number): Error {
  return new Error(
    `expected at most ${mostPageValues} values in a page and ${mostColumnValues} in a column of a row group, got ${count}; write the file with smaller row groups`,
  )
}
