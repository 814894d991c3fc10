import { createTokenizer } from '../create-tokenizer.js'
import type { SentencePieceFile } from '../sentencepiece/model-file.js'
import { readModelFile } from '../sentencepiece/read-file.js'
import { sentencePieceModel } from '../sentencepiece/sentencepiece-model.js'
import { writeModelFile } from '../sentencepiece/write-file.js'
import type { Tokenizer } from '../types.js'

const files = new WeakMap<Tokenizer, SentencePieceFile>()

/**
 * A tokenizer from the bytes of a SentencePiece `.model` file: Unigram, BPE, words or characters, with the ids of the
 * `sentencepiece` package. Control pieces are its special tokens.
 *
 * @throws RangeError when the bytes are no such file.
 */
export function readSentencePiece(bytes: Uint8Array): Tokenizer {
  return sentencePieceTokenizer(readModelFile(bytes))
}

/** A tokenizer around the content of a `.model` file. */
export function sentencePieceTokenizer(file: SentencePieceFile): Tokenizer {
  const tokenizer = createTokenizer(sentencePieceModel(file))
  files.set(tokenizer, file)
  return tokenizer
}

/**
 * The bytes of a SentencePiece `.model` file, which the `sentencepiece` package loads with the same ids.
 *
 * @throws RangeError when the tokenizer does not come from such a file or from a trainer of SentencePiece's kind.
 */
export function writeSentencePiece(tokenizer: Tokenizer): Uint8Array {
  const file = files.get(tokenizer)
  if (file === undefined) {
    throw new RangeError(
      `saveTokenizer: expected a SentencePiece tokenizer for a .model file, got one of kind "${tokenizer.kind}" from elsewhere; save it as tokenizer.json`,
    )
  }
  return writeModelFile(file)
}
