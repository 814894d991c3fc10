import type { TrainingTexts } from '../training/texts.js'
import type { Tokenizer } from '../types.js'
import { type ByteLevelOptions, trainByteLevel } from './train-byte-level.js'
import { type EndOfWordOptions, trainEndOfWord } from './train-end-of-word.js'
import { type SentencePieceOptions, trainSentencePiece } from './train-sentence-piece.js'

export type TrainBpeOptions = ByteLevelOptions | EndOfWordOptions | SentencePieceOptions

/**
 * Trains a BPE tokenizer of one of three styles.
 *
 * - `'byte-level'` (default): merges of bytes, within the pieces that a pattern cuts. Every text can be encoded. Ids:
 *   special tokens, the 256 bytes, then the merges, all as Hugging Face's `BpeTrainer` numbers them.
 *   "Language Models are Unsupervised Multitask Learners" (Radford et al., 2019), section 2.2.
 * - `'end-of-word'`: merges of the characters of words, the last of which is marked `</w>`, as in GPT-1. White space and,
 *   unless asked otherwise, case are lost. "Improving Language Understanding by Generative Pre-Training"
 *   (Radford et al., 2018); "Neural Machine Translation of Rare Words with Subword Units" (Sennrich et al., 2016).
 * - `'sentencepiece'`: merges of characters, spaces among them as U+2581; a character without a token becomes its bytes.
 *   "SentencePiece" (Kudo and Richardson, 2018); with these defaults "PaLM" (Chowdhery et al., 2022), section 2.2.
 *
 * The vocabulary is smaller than asked for when the text runs out of pairs to merge; look at `vocabularySize` of the
 * result. No text is kept: memory grows with the distinct pieces (words, roughly), at about 60 bytes per byte of them. No
 * piece spans two texts, and special tokens are not looked for in the texts.
 *
 * @throws RangeError when an option is out of range, TypeError when a text is not a string.
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./train-bpe.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * const ids = tokenizer.encode('lowest low')
 * expect(Array.from(ids, (id) => tokenizer.decode([id]))).toEqual(['low', 'e', 's', 't', ' low'])
 * expect(tokenizer.decode(ids)).toBe('lowest low')
 *
 * const words = await trainBpe(['Low lower lowest'], { style: 'end-of-word', vocabularySize: 16 })
 * expect(words.decode(words.encode('Lowest low'))).toBe('lowest low')
 *
 * const pieces = await trainBpe(['low lower lowest'], { style: 'sentencepiece', vocabularySize: 271 })
 * expect(pieces.decode(pieces.encode('  low\n123é'))).toBe('  low\n123é')
 * ```
 */
export async function trainBpe(texts: TrainingTexts, options: TrainBpeOptions): Promise<Tokenizer> {
  switch (options.style) {
    case undefined:
    case 'byte-level':
      return await trainByteLevel(texts, options)
    case 'end-of-word':
      return await trainEndOfWord(texts, options)
    case 'sentencepiece':
      return await trainSentencePiece(texts, options)
    default:
      throw unknownStyle(options)
  }
}

function unknownStyle({ style }: { readonly style?: unknown }): RangeError {
  return new RangeError(
    `trainBpe: expected style to be 'byte-level', 'end-of-word' or 'sentencepiece', got ${String(style)}`,
  )
}
