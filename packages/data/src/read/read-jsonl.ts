import { decodeUtf8, withoutBom } from '../bytes/decode.js'
import { fileBytes } from '../bytes/file-bytes.js'
import { splitLines } from '../bytes/lines.js'
import { type Document, hashText } from '../document.js'
import { documentFromFields, type FieldNames, isPlainObject } from './from-fields.js'
import { type OpenFile, type ReadOptions, readFiles } from './read-files.js'

/** Names `readJsonl` looks for in a folder. @internal */
export const jsonlExtensions: readonly string[] = [
  '.jsonl',
  '.jsonl.gz',
  '.jsonl.zst',
  '.jsonl.zstd',
  '.ndjson',
  '.ndjson.gz',
  '.ndjson.zst',
  '.ndjson.zstd',
]

export interface JsonlOptions extends ReadOptions, FieldNames {}

/**
 * Reads JSON Lines, one document per line, plain or compressed with gzip or Zstandard (the content decides).
 *
 * A line is an object with a string `text`. The `id` is its field `id`, or else the hash of the file's name and the line
 * number. `mediaType`, `source`, `url` and `license` are taken when they are strings, all other fields become
 * `metadata`. Blank lines are passed over. A file without a single byte is an error.
 *
 * @param patterns paths, globs or folders; one that matches nothing is an error.
 * @throws {ReadError} for a line that is not UTF-8, not JSON, not an object, has no text or is longer than
 *   `maxDocumentBytes`, and for a file that is cut short, with the line number; see `onError`.
 * @example
 * ```ts @import.meta.vitest
 * const { readJsonl, collect } = await import('../index.js')
 * const { mkdtemp, writeFile } = await import('node:fs/promises')
 * const cwd = await mkdtemp(`${(await import('node:os')).tmpdir()}/read-`)
 * await writeFile(`${cwd}/a.jsonl`, '{"id":"1","text":"one","lang":"en"}\n{"id":"2"}\n')
 * const problems: string[] = []
 * const onError = (error: Error) => problems.push(error.message)
 * expect(await collect(readJsonl('*.jsonl', { cwd, onError }))).toEqual([
 *   { id: '1', text: 'one', source: 'a.jsonl', metadata: { lang: 'en' } },
 * ])
 * expect(problems).toEqual(['readJsonl: a.jsonl:2: expected a string in field "text", got no such field'])
 * ```
 */
export function readJsonl(
  patterns: string | readonly string[],
  options: JsonlOptions = {},
): AsyncIterable<Document> {
  return readFiles(
    'readJsonl',
    patterns,
    jsonlExtensions,
    options,
    () => (file) => jsonlDocuments(file, options),
  )
}

/** @internal */
export async function* jsonlDocuments(
  file: OpenFile,
  names: FieldNames = {},
): AsyncGenerator<Document> {
  let empty = true
  for await (const lines of splitLines(fileBytes(file.path, file.onRead), file.maxDocumentBytes)) {
    for (const { number, bytes } of lines) {
      empty = false
      file.record = number
      if (bytes === undefined) {
        file.report(number, `expected at most ${file.maxDocumentBytes} bytes in a line, got more`)
        continue
      }
      let document: Document | undefined
      try {
        document = parseLine(number === 1 ? withoutBom(bytes) : bytes, number, file, names)
      } catch (error) {
        file.report(number, error instanceof Error ? error.message : String(error), error)
      }
      if (document !== undefined) yield document
    }
    file.record++
  }
  if (empty) {
    file.record = 0
    throw new Error('expected at least one line, got no bytes')
  }
}

function parseLine(
  bytes: Uint8Array,
  number: number,
  file: OpenFile,
  names: FieldNames,
): Document | undefined {
  const line = decodeUtf8(bytes)
  if (line.trim() === '') return undefined
  const fields: unknown = JSON.parse(line)
  if (!isPlainObject(fields)) {
    throw new Error(
      `expected a JSON object, got ${Array.isArray(fields) ? 'an array' : String(line.slice(0, 20))}`,
    )
  }
  return documentFromFields(fields, file.name, () => hashText(`${file.name}:${number}`), names)
}
