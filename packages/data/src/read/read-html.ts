import { decodeHtml } from '../bytes/charset.js'
import type { Document } from '../document.js'
import { type OpenFile, type ReadOptions, readFiles } from './read-files.js'
import { wholeFile } from './read-text.js'

/** Names `readHtml` looks for in a folder. @internal */
export const htmlExtensions: readonly string[] = [
  '.html',
  '.htm',
  '.xhtml',
  '.html.gz',
  '.htm.gz',
  '.html.zst',
]

/**
 * Reads HTML pages, one document per file, with the markup as text and `mediaType` `'text/html'`. The id is the file's name
 * relative to `cwd`. The encoding is that of the byte order mark, else of the page's `<meta>`, else UTF-8.
 *
 * @param patterns paths, globs or folders (their pages at any depth); one that matches nothing is an error.
 * @throws {ReadError} for an unknown encoding, bytes that are not of it, a file longer than `maxDocumentBytes`, cut short or
 *   empty; see `onError`.
 * @example
 * ```ts @import.meta.vitest
 * const { readHtml, collect } = await import('../index.js')
 * const { mkdtemp, writeFile } = await import('node:fs/promises')
 * const cwd = await mkdtemp(`${(await import('node:os')).tmpdir()}/read-`)
 * await writeFile(`${cwd}/a.html`, '<meta charset=latin1><p>\xe9', 'latin1')
 * const [page] = await collect(readHtml('.', { cwd }))
 * expect(page?.text).toBe('<meta charset=latin1><p>é')
 * ```
 */
export function readHtml(
  patterns: string | readonly string[],
  options: ReadOptions = {},
): AsyncIterable<Document> {
  return readFiles('readHtml', patterns, htmlExtensions, options, () => htmlDocument)
}

/** @internal */
export async function* htmlDocument(file: OpenFile): AsyncGenerator<Document> {
  const text = decodeHtml(await wholeFile(file))
  yield { id: file.name, text, mediaType: 'text/html', source: file.name }
}
