import type { Document } from '../document.js'
import { type OpenFile, type ReadFile, type ReadOptions, readFiles } from './read-files.js'
import { htmlDocument, htmlExtensions } from './read-html.js'
import { jsonlDocuments, jsonlExtensions } from './read-jsonl.js'
import { parquetDocuments, parquetExtensions } from './read-parquet.js'
import { markdownDocument, markdownExtensions, textDocument, textExtensions } from './read-text.js'
import { warcDocuments, warcExtensions } from './read-warc.js'

const formats: readonly (readonly [extensions: readonly string[], read: ReadFile])[] = [
  [jsonlExtensions, jsonlDocuments],
  [textExtensions, textDocument],
  [markdownExtensions, markdownDocument],
  [htmlExtensions, htmlDocument],
  [warcExtensions, warcDocuments],
  [parquetExtensions, parquetDocuments],
]

/**
 * Reads files of any format this package knows, each by the reader its name asks for: JSON Lines, text, Markdown, HTML, WARC
 * and parquet, the first five also compressed. Of a folder, the files with a known name are read.
 *
 * @param patterns paths, globs or folders; one that matches nothing is an error.
 * @throws {ReadError} as the readers do, and for a file whose name says no known format; see `onError`.
 */
export function readDocuments(
  patterns: string | readonly string[],
  options: ReadOptions = {},
): AsyncIterable<Document> {
  const known = formats.flatMap(([extensions]) => extensions)
  return readFiles('readDocuments', patterns, known, options, choose)
}

function choose(file: OpenFile): ReadFile {
  const name = file.name.toLowerCase()
  const format = formats.find(([extensions]) => extensions.some((e) => name.endsWith(e)))
  if (format === undefined) {
    throw new Error('expected a file name that tells the format, such as *.jsonl or *.html.gz')
  }
  return format[1]
}
