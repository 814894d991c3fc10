import type { TrainingTexts } from '../training/texts.js'
import type { Tokenizer } from '../types.js'
import { type ByteLevelOptions, trainByteLevel } from './train-byte-level.js'

export type TrainBpeOptions = ByteLevelOptions

/**
 * Trains a byte-level BPE tokenizer, with GPT-2's pattern or another.
 *
 * Ids: special tokens, then the 256 bytes, then the merges in the order learned, all as Hugging Face's
 * `BpeTrainer` numbers them, whose merges these are one by one. The vocabulary is smaller than asked for when the
 * text runs out of pairs to merge; look at `vocabularySize` of the result. No text is kept: memory grows with the
 * distinct pieces (words, roughly), at about 60 bytes per byte of them. No piece spans two texts, and special tokens
 * are not looked for in the texts.
 *
 * From "Language Models are Unsupervised Multitask Learners" (Radford et al., 2019), section 2.2.
 *
 * @throws RangeError when an option is out of range, TypeError when a text is not a string.
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./train-bpe.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * const ids = tokenizer.encode('lowest low')
 * expect(Array.from(ids, (id) => tokenizer.decode([id]))).toEqual(['low', 'e', 's', 't', ' low'])
 * expect(tokenizer.decode(ids)).toBe('lowest low')
 * ```
 */
export async function trainBpe(texts: TrainingTexts, options: TrainBpeOptions): Promise<Tokenizer> {
  return await trainByteLevel(texts, options)
}
