import { decodeUtf8, withoutBom } from '../bytes/decode.js'
import { fileBytes } from '../bytes/file-bytes.js'
import type { Document } from '../document.js'
import { type OpenFile, type ReadOptions, readFiles } from './read-files.js'

/** Names `readText` looks for in a folder. @internal */
export const textExtensions: readonly string[] = ['.txt', '.text', '.txt.gz', '.txt.zst']

/** Names `readMarkdown` looks for in a folder. @internal */
export const markdownExtensions: readonly string[] = ['.md', '.markdown', '.md.gz', '.md.zst']

/**
 * Reads plain text, one document per file, UTF-8, plain or compressed. The id is the file's name relative to `cwd`. A byte
 * order mark is taken off. A file without a single byte is an error.
 *
 * @param patterns paths, globs or folders; one that matches nothing is an error.
 * @throws {ReadError} for a file that is not UTF-8, is longer than `maxDocumentBytes` or is cut short; see `onError`.
 * @example
 * ```ts @import.meta.vitest
 * const { readText, collect } = await import('../index.js')
 * const { mkdtemp, writeFile } = await import('node:fs/promises')
 * const cwd = await mkdtemp(`${(await import('node:os')).tmpdir()}/read-`)
 * await writeFile(`${cwd}/a.txt`, 'Some text.')
 * expect(await collect(readText('*.txt', { cwd }))).toEqual([
 *   { id: 'a.txt', text: 'Some text.', source: 'a.txt' },
 * ])
 * ```
 */
export function readText(
  patterns: string | readonly string[],
  options: ReadOptions = {},
): AsyncIterable<Document> {
  return readFiles('readText', patterns, textExtensions, options, () => textDocument)
}

/** As `readText`, for Markdown: `mediaType` is `'text/markdown'`. */
export function readMarkdown(
  patterns: string | readonly string[],
  options: ReadOptions = {},
): AsyncIterable<Document> {
  return readFiles('readMarkdown', patterns, markdownExtensions, options, () => markdownDocument)
}

/** @internal */
export async function* textDocument(file: OpenFile): AsyncGenerator<Document> {
  const text = decodeUtf8(withoutBom(await wholeFile(file)))
  yield { id: file.name, text, source: file.name }
}

/** @internal */
export async function* markdownDocument(file: OpenFile): AsyncGenerator<Document> {
  const text = decodeUtf8(withoutBom(await wholeFile(file)))
  yield { id: file.name, text, mediaType: 'text/markdown', source: file.name }
}

/**
 * All bytes of a file that is one document.
 *
 * @throws as soon as there are more than `maxDocumentBytes`, or when there are none.
 * @internal
 */
export async function wholeFile(file: OpenFile): Promise<Uint8Array> {
  file.record = 1
  const parts: Uint8Array[] = []
  let total = 0
  for await (const chunk of fileBytes(file.path, file.onRead)) {
    total += chunk.length
    if (total > file.maxDocumentBytes) {
      throw new Error(`expected at most ${file.maxDocumentBytes} bytes, got more`)
    }
    parts.push(chunk)
  }
  if (total === 0) throw new Error('expected content, got no bytes')
  return Buffer.concat(parts)
}
