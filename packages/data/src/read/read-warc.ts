import { charsetOf, decodeHtml } from '../bytes/charset.js'
import { fileBytes } from '../bytes/file-bytes.js'
import type { Document } from '../document.js'
import { parseHttp } from './http-message.js'
import { type OpenFile, type ReadOptions, readFiles } from './read-files.js'
import { type WarcRecord, warcRecords } from './warc-records.js'

/** Names `readWarc` looks for in a folder. @internal */
export const warcExtensions: readonly string[] = [
  '.warc',
  '.warc.gz',
  '.wet',
  '.wet.gz',
  '.warc.zst',
]

/**
 * Reads the texts of web archives: WARC and WET files, plain or gzipped with a member per record, as Common Crawl publishes
 * them.
 *
 * A document is made of each `response` record with a status from 200 to 299, each `resource` and each `conversion` record
 * whose content type is HTML, plain text or Markdown; other records are passed over. HTTP chunks are joined and compression
 * is undone. The text is decoded in the encoding that its byte order mark, the Content-Type, or the page itself names, else
 * UTF-8. The id is the WARC-Record-ID; `metadata` has `date` (WARC-Date), `contentType`, and where known `status`,
 * `language` (WARC-Identified-Content-Language) and `truncated` (WARC-Truncated).
 *
 * @param patterns paths, globs or folders; one that matches nothing is an error.
 * @throws {ReadError} for a broken record (bad header or Content-Length, a body that cannot be decoded or is longer than
 *   `maxDocumentBytes`), with its number; reading can go on at the next record, except after a break in the compression,
 *   which ends the file. See `onError`.
 * @example
 * ```ts @import.meta.vitest
 * const { readWarc, collect } = await import('../index.js')
 * const { mkdtemp, writeFile } = await import('node:fs/promises')
 * const cwd = await mkdtemp(`${(await import('node:os')).tmpdir()}/read-`)
 * const head = ['WARC/1.0', 'WARC-Type: conversion', 'WARC-Record-ID: <urn:uuid:1>', 'Content-Type: text/plain']
 * const record = [...head, 'Content-Length: 5', '', 'hello', '', ''].join('\r\n')
 * await writeFile(`${cwd}/a.warc`, record)
 * const [document] = await collect(readWarc('a.warc', { cwd }))
 * expect(document).toMatchObject({ id: '<urn:uuid:1>', text: 'hello' })
 * ```
 */
export function readWarc(
  patterns: string | readonly string[],
  options: ReadOptions = {},
): AsyncIterable<Document> {
  return readFiles('readWarc', patterns, warcExtensions, options, () => warcDocuments)
}

/** @internal */
export async function* warcDocuments(file: OpenFile): AsyncGenerator<Document> {
  const records = warcRecords(fileBytes(file.path, file.onRead), {
    maxBytes: file.maxDocumentBytes,
    wanted: isWanted,
    onRecord: (number) => {
      file.record = number
    },
    onBroken: (number, problem) => file.report(number, problem),
  })
  let empty = true
  for await (const record of records) {
    empty = false
    if (!isWanted(record.headers)) continue
    let document: Document | undefined
    try {
      document = toDocument(record, file)
    } catch (error) {
      file.report(record.number, error instanceof Error ? error.message : String(error), error)
    }
    if (document !== undefined) yield document
  }
  if (empty && file.record === 1) {
    file.record = 0
    throw new Error('expected at least one record, got none')
  }
}

function isWanted(headers: ReadonlyMap<string, string>): boolean {
  const type = headers.get('warc-type')
  return type === 'response' || type === 'resource' || type === 'conversion'
}

function toDocument({ headers, body, number }: WarcRecord, file: OpenFile): Document | undefined {
  const truncated = headers.get('warc-truncated')
  const isHttp = /^application\/http\b/i.test(headers.get('content-type') ?? '')
  if (body === undefined) {
    // What it would have been is in the part that was not kept.
    throw new Error(`expected at most ${file.maxDocumentBytes} bytes, got more`)
  }
  const http = isHttp ? parseHttp(body, file.maxDocumentBytes, truncated !== undefined) : undefined
  if (http !== undefined && (http.status < 200 || http.status > 299)) return undefined
  const content = http?.body ?? body
  const contentType =
    (isHttp ? http?.headers.get('content-type') : headers.get('content-type')) ??
    headers.get('warc-identified-payload-type') ??
    ''
  const mediaType = mediaTypeOf(contentType)
  if (mediaType === undefined || content.length === 0) return undefined

  const url = headers.get('warc-target-uri')?.replace(/^<|>$/g, '')
  const date = headers.get('warc-date')
  const language = headers.get('warc-identified-content-language')
  return {
    id: headers.get('warc-record-id') ?? `${file.name}:${number}`,
    text: decodeHtml(content, charsetOf(contentType), truncated !== undefined),
    ...(mediaType !== 'text/plain' && { mediaType }),
    source: file.name,
    ...(url !== undefined && { url }),
    metadata: {
      ...(date !== undefined && { date }),
      contentType,
      ...(http !== undefined && { status: http.status }),
      ...(language !== undefined && { language }),
      ...(truncated !== undefined && { truncated }),
    },
  }
}

/** The media type as `Document` names it; undefined for what is not text. */
function mediaTypeOf(contentType: string): string | undefined {
  const essence = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (essence === 'text/html' || essence === 'application/xhtml+xml') return 'text/html'
  if (essence === 'text/plain' || essence === 'text/markdown') return essence
  return undefined
}
