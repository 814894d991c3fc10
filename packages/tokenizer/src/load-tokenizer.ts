import type { TokenizerFormat } from './formats/format.js'
import { loadPath } from './formats/load-path.js'
import type { TextKind } from './formats/plain-text.js'
import { readContent } from './formats/read-content.js'
import { parseTokenizer } from './hugging-face/parse-tokenizer.js'
import type { PatternName } from './patterns/patterns.js'
import type { RegexRule } from './patterns/rule.js'
import type { Tokenizer } from './types.js'

/** What a file does not say, or says by a name that it does not have. */
export interface LoadTokenizerOptions {
  /** Default: by the name of the file, what is in the folder, or the first bytes. */
  readonly format?: TokenizerFormat
  /**
   * How text is cut, for `.tiktoken` files, which do not say it: by name, or `{ regex }` as tiktoken has it. Default: known for
   * the files that OpenAI published.
   */
  readonly pattern?: PatternName | RegexRule
  /**
   * Special tokens and their ids, for `.tiktoken` files, which have none of their own; for files of lines, which of the
   * lines are special. Default: those of OpenAI's files; names that are usual.
   */
  readonly specialTokens?: ReadonlyMap<string, number> | readonly string[]
  /** What the lines of a text file are. Default: word pieces where there is `[UNK]`. */
  readonly kind?: TextKind
  /** Whether word pieces of a text file are of text in lower case. Default: true, or what `tokenizer_config.json` says. */
  readonly lowerCase?: boolean
}

/**
 * Loads a tokenizer from a file or folder in any of these formats, told apart by name and content:
 *
 * - tokenizer.json of Hugging Face
 * - `.tiktoken`: byte-level BPE; with `pattern` and `specialTokens` where it is not one of OpenAI's files
 * - `vocab.json` and `merges.txt` of GPT-2, GPT-1 and RoBERTa: a folder with both, or one of the two
 * - `.model` of SentencePiece, `tokenizer.model` and `spiece.model` among them
 * - text with one token a line, as BERT's `vocab.txt`; with `kind` for characters and words
 *
 * @param source path of the file or folder, the bytes of the file, or the parsed content of a tokenizer.json.
 * @throws RangeError when the content is damaged, or asks for something that this package does not have: the
 *   message names the part.
 * @throws Error when there is no such file, or it cannot be read, with the system's error as `cause`
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./bpe/train-bpe.js')
 * const { loadTokenizer } = await import('./load-tokenizer.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * const copy = await loadTokenizer(JSON.parse(JSON.stringify(tokenizer)))
 * expect(copy.hash).toBe(tokenizer.hash)
 * ```
 */
export async function loadTokenizer(
  source: string | Uint8Array | object,
  options: LoadTokenizerOptions = {},
): Promise<Tokenizer> {
  if (typeof source === 'string') return loadPath(source, options)
  if (source instanceof Uint8Array) {
    return readContent(source, 'the bytes', options.format, options)
  }
  return parseTokenizer(source)
}
