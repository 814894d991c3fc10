import {
  bytesTokenizer,
  type Tokenizer,
  trainBpe,
  trainCharacters,
  trainUnigram,
  trainWordPiece,
  trainWords,
} from '../../src/index.js'
import { declarations } from './corpus.js'
import { randomTexts } from './texts.js'

/** A small tokenizer of each kind and style. */
export interface FuzzTokenizer {
  readonly tokenizer: Tokenizer
  /** What comes back of a text that is well-formed: the text, or undefined where nothing is promised. */
  readonly comesBack: (text: string) => string | undefined
  /** Whether all bytes come back, those that are not UTF-8 too. */
  readonly bytes: boolean
}

export type FuzzTokenizers = Readonly<Record<string, FuzzTokenizer>>

export async function fuzzTokenizers(): Promise<FuzzTokenizers> {
  const texts = [...declarations().map(({ text }) => text.slice(0, 1500)), ...randomTexts(200, 1)]
  const size = { vocabularySize: 2000 }
  const specialTokens = ['<|endoftext|>', '<|end|>', '<|', '|>', 'the', '\u{1f600}']
  const every = { comesBack: (text: string) => text, bytes: true }
  // SentencePiece writes spaces as U+2581, so that one in the text is a space too.
  const spaces = { comesBack: (text: string) => text.replaceAll('\u2581', ' '), bytes: false }
  const lossy = { comesBack: () => undefined, bytes: false }
  return {
    gpt2: { tokenizer: await trainBpe(texts, { ...size, specialTokens }), ...every },
    cl100k: { tokenizer: await trainBpe(texts, { ...size, pattern: 'cl100k' }), ...every },
    o200k: { tokenizer: await trainBpe(texts, { ...size, pattern: 'o200k' }), ...every },
    regex: {
      tokenizer: await trainBpe(texts, {
        ...size,
        pattern: { regex: '\\p{L}+|\\p{N}{1,3}|\\s+|.' },
      }),
      ...every,
    },
    bytes: { tokenizer: bytesTokenizer(), ...every },
    characters: { tokenizer: await trainCharacters(texts, { unknown: '<|unknown|>' }), ...lossy },
    sentencepiece: {
      tokenizer: await trainBpe(texts, { ...size, style: 'sentencepiece', characterCoverage: 0.9 }),
      ...spaces,
    },
    endOfWord: {
      tokenizer: await trainBpe(texts, { ...size, style: 'end-of-word', alphabetLimit: 500 }),
      ...lossy,
    },
    unigram: {
      tokenizer: await trainUnigram(texts, { ...size, characterCoverage: 0.9 }),
      ...lossy,
    },
    wordpiece: {
      tokenizer: await trainWordPiece(texts, { ...size, alphabetLimit: 500 }),
      ...lossy,
    },
    words: { tokenizer: await trainWords(texts, { ...size }), ...lossy },
  }
}
