import { writeFileSafely } from './formats/files.js'
import { formatOfName, type TokenizerFormat } from './formats/format.js'
import { writeFormat } from './formats/write-format.js'
import type { Tokenizer } from './types.js'

export interface SaveTokenizerOptions {
  /** Default: by the ending of the path: `.json`, `.tiktoken`, `.model`, `.txt`; else a folder for transformers. */
  readonly format?: TokenizerFormat
}

/**
 * Saves a tokenizer. What a format cannot hold is an error: formats that leave something out are read back, and
 * the ids must stay what they are.
 *
 * - a path ending in `.json`: Hugging Face's tokenizer.json, which `tokenizers` and transformers load with the same ids
 * - `.tiktoken`: byte-level BPE; the pattern and the special tokens are not in the file, and must be passed to `loadTokenizer`
 * - `.model`: SentencePiece's, where the tokenizer comes from such a file or from a trainer of its kind
 * - `.txt`: characters, words or word pieces, one a line
 * - anything else: a folder with `tokenizer.json` and, for transformers, `tokenizer_config.json`; with
 *   `{ format: 'gpt2' }`, `vocab.json`, `merges.txt` and `tokenizer_config.json`
 *
 * Folders are made where they are missing. Files are written under a temporary name and renamed, so a killed run leaves no
 * half a file.
 *
 * @throws RangeError when the format cannot hold the tokenizer
 * @throws Error when the file cannot be written, with the system's error as `cause`
 */
export async function saveTokenizer(
  tokenizer: Tokenizer,
  path: string,
  options: SaveTokenizerOptions = {},
): Promise<void> {
  const { join } = await import('node:path')
  const name = path.slice(path.search(/[^/\\]*$/))
  const named = name.endsWith('.model') ? 'sentencepiece' : formatOfName(name)
  const format = options.format ?? named ?? 'huggingface'
  const files = writeFormat(tokenizer, format, named !== undefined && format !== 'gpt2')
  if (typeof files === 'string' || files instanceof Uint8Array) {
    await writeFileSafely('saveTokenizer', path, files)
    return
  }
  for (const [file, content] of Object.entries(files)) {
    await writeFileSafely('saveTokenizer', join(path, file), content)
  }
}
