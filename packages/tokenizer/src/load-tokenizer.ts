import { parseTokenizer } from './hugging-face/parse-tokenizer.js'
import type { Tokenizer } from './types.js'

/** Larger than any tokenizer.json known; a file beyond it is refused unread. */
const MAX_FILE_BYTES = 256 * 2 ** 20

/**
 * Loads a tokenizer from Hugging Face's tokenizer.json: byte-level BPE in the style of GPT-2, or characters as
 * `saveTokenizer` writes them.
 *
 * @param source path of the file, of a folder that holds a `tokenizer.json`, or the parsed content.
 * @throws RangeError when the content is damaged, or asks for something that this package does not have: the
 *   message names the part.
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./bpe/train-bpe.js')
 * const { loadTokenizer } = await import('./load-tokenizer.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * const copy = await loadTokenizer(JSON.parse(JSON.stringify(tokenizer)))
 * expect(copy.hash).toBe(tokenizer.hash)
 * ```
 */
export async function loadTokenizer(source: string | object): Promise<Tokenizer> {
  if (typeof source === 'string') return parseTokenizer(await readFile(source))
  return parseTokenizer(source)
}

async function readFile(path: string): Promise<unknown> {
  // Imported here so that the rest of the package runs where there is no node:fs.
  const { readFile, stat } = await import('node:fs/promises')
  const { join } = await import('node:path')
  const found = await stat(path)
  const file = found.isDirectory() ? join(path, 'tokenizer.json') : path
  const { size } = found.isDirectory() ? await stat(file) : found
  if (size > MAX_FILE_BYTES) {
    throw new RangeError(
      `loadTokenizer: expected at most ${MAX_FILE_BYTES} bytes, got ${size} in ${file}`,
    )
  }
  const text = await readFile(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RangeError(`loadTokenizer: expected JSON in ${file}, got something else`, {
      cause: error,
    })
  }
}
