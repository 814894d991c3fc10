import { bpeJson } from '../bpe-characters/bpe-json.js'
import type { PartJson } from '../hugging-face/format.js'
import { parseTokenizer } from '../hugging-face/parse-tokenizer.js'
import { withUnknown } from '../training/special-ids.js'
import type { TrainingTexts } from '../training/texts.js'
import { type MarkedWordOptions, trainMarkedWords } from '../training/train-marked-words.js'
import { type WordPartOptions, wordParts } from '../training/word-parts.js'
import type { Tokenizer } from '../types.js'

/** Options of `trainBpe` for BPE on the characters of words, whose last one has a mark, as in GPT-1. */
export interface EndOfWordOptions extends MarkedWordOptions, WordPartOptions {
  readonly style: 'end-of-word'
  /** Default: the unknown token alone. */
  readonly specialTokens?: readonly string[]
  /**
   * The special token that stands for characters outside the vocabulary, added after the others if it is not among them; or
   * `'error'`: they throw. Default: `'<unk>'`.
   */
  readonly unknown?: string
  /** The mark of the last character of a word. Default: `'</w>'`. */
  readonly endOfWord?: string
}

/** Ids: special tokens, characters, characters that end a word, merges. */
export async function trainEndOfWord(
  texts: TrainingTexts,
  options: EndOfWordOptions,
): Promise<Tokenizer> {
  const { specialTokens = [], unknown = '<unk>', endOfWord = '</w>' } = options
  if (endOfWord === '') {
    throw new RangeError(`trainBpe: expected endOfWord to be some text, got ''`)
  }
  const parts = wordParts('trainBpe', options)
  const learned = await trainMarkedWords(
    'trainBpe',
    texts,
    options,
    withUnknown(specialTokens, unknown),
    parts,
    { prefix: '', suffix: endOfWord },
  )
  const decoder: PartJson = { type: 'BPEDecoder', suffix: endOfWord }
  return parseTokenizer(
    bpeJson({
      ...learned,
      ...parts,
      decoder,
      unknown: unknown === 'error' ? null : unknown,
      settings: { end_of_word_suffix: endOfWord },
    }),
  )
}
