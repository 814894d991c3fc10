import type { Progress } from '../progress.js'
import type { TokenFileHeader, TokenFileInputs } from './header.js'
import { openTokenFile } from './open-token-file.js'
import { TokenWriter } from './token-writer.js'

/** Options of {@link writeTokenFile}. */
export interface WriteTokenFileOptions {
  /** Ids must be below it; up to 65,536 the file takes 2 bytes per id, above 4. At most 2^32 - 2. */
  readonly vocabularySize: number
  /** The tokenizer's `hash`: 1 to 80 printable ASCII characters. */
  readonly tokenizerHash: string
  /** A hash or name of the text, likewise; `resume` needs it to tell one text from another. */
  readonly corpusHash?: string
  /** An id to write after every document. Default: none, documents follow each other directly. */
  readonly endOfDocument?: number
  /**
   * Keep a finished file at `path` that has the same `vocabularySize`, `tokenizerHash`, `corpusHash` and
   * `endOfDocument`, and do not read the documents. Default: false, write it anew.
   */
  readonly resume?: boolean
  /** Called every few hundred thousand tokens, and at the end. */
  readonly progress?: Progress
}

/**
 * Writes the ids of documents, one array per document, into a token file; memory stays within a few megabytes. The
 * file appears under its name only when it is whole; until then `<path>.tmp` and `<path>.ends.tmp` hold it.
 *
 * The layout, all integers little-endian and unsigned:
 *
 * | byte | bytes | |
 * |---|---|---|
 * | 0 | 8 | magic, `LLMTOKEN` in ASCII |
 * | 8 | 4 | version of the layout, 1 |
 * | 12 | 4 | width: bits per id, 16 if the vocabulary size is at most 65,536, else 32 |
 * | 16 | 4 | vocabulary size |
 * | 20 | 4 | end-of-document id, 2^32 - 1 for none |
 * | 24 | 8 | number of documents |
 * | 32 | 8 | number of ids, ends of documents included |
 * | 40 | 80 | tokenizer hash, ASCII, filled up with zero bytes |
 * | 120 | 80 | corpus hash, likewise; all zero when not given |
 * | 200 | 56 | zero |
 * | 256 | tokens * width / 8 | the ids |
 * | | 0 to 7 | zero bytes up to a multiple of 8 |
 * | | 8 * documents | per document, the number of ids in the file up to its end (its end-of-document id included) |
 *
 * @throws RangeError if an id is not below `vocabularySize`; the message names the document
 * @example
 * ```ts @import.meta.vitest
 * const { writeTokenFile, openTokenFile } = await import('../index.js')
 * const { mkdtemp } = await import('node:fs/promises')
 * const { tmpdir } = await import('node:os')
 * const path = `${await mkdtemp(`${tmpdir()}/tokens-`)}/train.tokens`
 * const documents = [[1, 2, 3], [4, 5]]
 * await writeTokenFile(path, documents, { vocabularySize: 10, tokenizerHash: 'none', endOfDocument: 0 })
 * const file = await openTokenFile(path)
 * expect([...file.read(2, 4)]).toEqual([3, 0, 4, 5])
 * expect(file.document(1)).toEqual({ start: 4, end: 7 })
 * await file.close()
 * ```
 */
export async function writeTokenFile(
  path: string,
  documents: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
  options: WriteTokenFileOptions,
): Promise<TokenFileHeader> {
  if (options.resume) {
    const finished = await finishedFile(path, options)
    if (finished) return finished
  }
  const writer = await TokenWriter.create(path, 'writeTokenFile', options, options.progress)
  const end = options.endOfDocument === undefined ? [] : [options.endOfDocument]
  try {
    for await (const ids of documents) {
      if (typeof ids !== 'object' || typeof ids?.length !== 'number') {
        throw new TypeError(`writeTokenFile: expected an array of ids per document, got ${ids}`)
      }
      await writer.add(ids)
      if (end.length > 0) await writer.add(end)
      await writer.endDocument()
    }
    return await writer.finish()
  } catch (error) {
    await writer.abort()
    throw error
  }
}

/** The header of the file at `path`, if it is whole and was made from the same inputs. */
async function finishedFile(
  path: string,
  inputs: TokenFileInputs,
): Promise<TokenFileHeader | undefined> {
  try {
    const file = await openTokenFile(path)
    await file.close()
    const { header } = file
    const same =
      header.vocabularySize === inputs.vocabularySize &&
      header.tokenizerHash === inputs.tokenizerHash &&
      header.corpusHash === inputs.corpusHash &&
      header.endOfDocument === inputs.endOfDocument
    return same ? header : undefined
  } catch {
    // Missing, unfinished or not a token file: it is going to be written.
    return undefined
  }
}
