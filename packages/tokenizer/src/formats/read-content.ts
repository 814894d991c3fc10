import { bpeModel } from '../bpe/bpe-model.js'
import { createTokenizer } from '../create-tokenizer.js'
import { parseTokenizer } from '../hugging-face/parse-tokenizer.js'
import type { LoadTokenizerOptions } from '../load-tokenizer.js'
import { readRule } from '../patterns/rule.js'
import { publishedFile } from '../published/published-file.js'
import type { Tokenizer } from '../types.js'
import { formatOfContent, type TokenizerFormat } from './format.js'
import { readPlainText, type TextSettings } from './plain-text.js'
import { readSentencePiece } from './sentencepiece.js'
import { readTiktoken, type TiktokenSettings } from './tiktoken.js'

/** A tokenizer from the bytes of one file; `where` names it in errors. Without a format, its first bytes tell. */
export function readContent(
  content: Uint8Array,
  where: string,
  format: TokenizerFormat | undefined,
  options: LoadTokenizerOptions,
): Tokenizer {
  switch (format ?? formatOfContent(content)) {
    case 'huggingface':
      return parseTokenizer(parseJson(content, where))
    case 'tiktoken':
      return createTokenizer(bpeModel(readTiktoken(content, tiktokenSettings(content, options))))
    case 'text':
      return parseTokenizer(readPlainText(decodeText(content, where), textSettings(options)))
    case 'sentencepiece':
      return readSentencePiece(content)
    case 'gpt2':
      throw new RangeError(
        `loadTokenizer: expected the folder or the path of vocab.json or merges.txt, which are read together, got ${where}`,
      )
    default:
      throw new RangeError(
        `loadTokenizer: expected tokenizer.json, .tiktoken, a SentencePiece model, or a format by name, got something else in ${where}; pass { format }`,
      )
  }
}

/** The value of a file of JSON. */
export function parseJson(content: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(decodeText(content, where))
  } catch (error) {
    throw new RangeError(`loadTokenizer: expected JSON in ${where}, got something else`, {
      cause: error,
    })
  }
}

/** The text of a file that must be UTF-8. A mark of its byte order is left out. */
export function decodeText(content: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (error) {
    throw new RangeError(`loadTokenizer: expected UTF-8 in ${where}, got other bytes`, {
      cause: error,
    })
  }
}

function tiktokenSettings(content: Uint8Array, options: LoadTokenizerOptions): TiktokenSettings {
  const { pattern, specialTokens } = options
  if (pattern !== undefined) {
    if (Array.isArray(specialTokens)) {
      throw new TypeError(
        'loadTokenizer: expected specialTokens with their ids, a Map, for a .tiktoken file, got names',
      )
    }
    return {
      pattern: readRule('loadTokenizer', pattern, 'rust'),
      specialTokens: isMap(specialTokens) ? specialTokens : new Map(),
    }
  }
  const known = publishedFile(content)
  if (known !== undefined) {
    return isMap(specialTokens) ? { pattern: known.pattern, specialTokens } : known
  }
  throw new RangeError(
    "loadTokenizer: expected to be told the pattern of a .tiktoken file that is none of OpenAI's, got none; pass { pattern: 'gpt2', specialTokens: new Map([['<|endoftext|>', 50256]]) } or what it is",
  )
}

function textSettings({ kind, lowerCase, specialTokens }: LoadTokenizerOptions): TextSettings {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(lowerCase === undefined ? {} : { lowerCase }),
    ...(specialTokens === undefined
      ? {}
      : { specialTokens: isMap(specialTokens) ? [...specialTokens.keys()] : specialTokens }),
  }
}

function isMap(value: LoadTokenizerOptions['specialTokens']): value is ReadonlyMap<string, number> {
  return value instanceof Map
}
