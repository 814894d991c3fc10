import { record } from '../hugging-face/check.js'
import { type TokenizerJson, unknownToken } from '../hugging-face/format.js'
import { parseTokenizer } from '../hugging-face/parse-tokenizer.js'
import { readBpe } from '../hugging-face/read-bpe.js'
import { readVocabulary } from '../hugging-face/read-vocabulary.js'
import type { Tokenizer } from '../types.js'
import { unicodeVersion } from '../unicode/ranges.js'
import type { TokenizerFormat } from './format.js'
import { readGpt2Files, writeGpt2Files } from './gpt2-files.js'
import { readPlainText, writePlainText } from './plain-text.js'
import { writeSentencePiece } from './sentencepiece.js'
import { writeTiktoken } from './tiktoken.js'

/** The content of the one file of a format, or of several by their names where the path is a folder's. */
export function writeFormat(
  tokenizer: Tokenizer,
  format: TokenizerFormat,
  oneFile: boolean,
): string | Uint8Array | Record<string, string> {
  const json = tokenizer.toJSON()
  switch (format) {
    case 'huggingface':
      return oneFile
        ? show(json)
        : { 'tokenizer.json': show(json), 'tokenizer_config.json': show(configuration(json)) }
    case 'tiktoken':
      return tiktoken(tokenizer, json)
    case 'gpt2': {
      const files = writeGpt2Files(json)
      const { 'vocab.json': vocab = '', 'merges.txt': merges = '' } = files
      const settings = [JSON.parse(files['tokenizer_config.json'] ?? '')]
      checkSame(tokenizer, 'vocab.json and merges.txt', () =>
        readGpt2Files({ vocab: JSON.parse(vocab), merges, settings }),
      )
      return files
    }
    case 'text': {
      const text = writePlainText(json)
      const special = [...tokenizer.specialTokens.keys()]
      const lowerCase = json.normalizer?.lowercase !== false
      checkSame(tokenizer, 'a file of lines', () =>
        readPlainText(text, { kind: textKind(json), specialTokens: special, lowerCase }),
      )
      return text
    }
    case 'sentencepiece':
      return writeSentencePiece(tokenizer)
  }
}

function tiktoken(tokenizer: Tokenizer, json: TokenizerJson): string {
  const file = record(json, 'tokenizer.json')
  const model = record(file.model, 'model')
  if (tokenizer.kind !== 'bpe' || json.decoder?.type !== 'ByteLevel') {
    throw new RangeError(
      `saveTokenizer: expected byte-level BPE for a .tiktoken file, got kind "${tokenizer.kind}"; save as tokenizer.json`,
    )
  }
  const bpe = readBpe(file, model, readVocabulary(model, file.added_tokens))
  if (bpe === undefined || bpe.shape.normalizer !== undefined || bpe.shape.addPrefixSpace) {
    throw new RangeError(
      'saveTokenizer: expected plain byte-level BPE for a .tiktoken file, got other parts around it; save as tokenizer.json',
    )
  }
  return writeTiktoken(bpe.vocabulary)
}

function textKind(json: TokenizerJson): 'characters' | 'words' | 'wordpiece' {
  if (json.model.type === 'WordPiece') return 'wordpiece'
  return json.model.type === 'WordLevel' ? 'words' : 'characters'
}

/** Reads back what is to be written: it must be the same tokenizer. */
function checkSame(tokenizer: Tokenizer, what: string, read: () => object): void {
  let cause: unknown
  try {
    const copy = parseTokenizer(read())
    if (copy.hash === tokenizer.hash && marks(copy) === marks(tokenizer)) return
  } catch (error) {
    cause = error
  }
  throw new RangeError(
    `saveTokenizer: expected a tokenizer that ${what} can hold, got one that would be another when loaded; save as tokenizer.json`,
    { cause },
  )
}

/** The ids around a text. */
function marks(tokenizer: Tokenizer): string {
  return tokenizer.encode('', { addSpecialTokens: true }).join()
}

/** What transformers wants beside tokenizer.json: the class that reads it as it is, and what the special tokens are for. */
function configuration(json: TokenizerJson): object {
  const end = json.added_tokens.some(({ content }) => content === '<|endoftext|>')
  const unknown = unknownToken(json.model)
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...(end ? { bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' } : {}),
    ...(unknown === null ? {} : { unk_token: unknown }),
    clean_up_tokenization_spaces: false,
    unicode_version: unicodeVersion,
  }
}

function show(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`
}
