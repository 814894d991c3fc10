import { addedTokens, type PartJson } from '../hugging-face/format.js'
import { parseTokenizer } from '../hugging-face/parse-tokenizer.js'
import { withUnknown } from '../training/special-ids.js'
import type { TrainingTexts } from '../training/texts.js'
import { type MarkedWordOptions, trainMarkedWords } from '../training/train-marked-words.js'
import { type WordPartOptions, wordParts } from '../training/word-parts.js'
import type { Tokenizer } from '../types.js'

const BERT_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']

export interface TrainWordPieceOptions extends MarkedWordOptions, WordPartOptions {
  /** Default: BERT's `['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']`. */
  readonly specialTokens?: readonly string[]
  /**
   * The special token that stands for words that cannot be made of the vocabulary, added after the others if it is not among
   * them. Default: `'[UNK]'`.
   */
  readonly unknown?: string
  /** The mark of tokens that continue a word. Default: `'##'`. */
  readonly continuingPrefix?: string
  /** Longer words are unknown, in characters. Default: 100. */
  readonly maxWordLength?: number
}

/**
 * Trains a WordPiece tokenizer as BERT has one: words are made of the longest tokens that fit, those that continue a word
 * marked `##`.
 *
 * The tokens are learned by merging the most frequent pairs, as Hugging Face's `WordPieceTrainer` does and most
 * published vocabularies were made; the likelihood that gave WordPiece its name is not used. Ids: special tokens, characters,
 * characters that continue a word, merges. With `[CLS]` and `[SEP]` among the special tokens, `addSpecialTokens` puts
 * them around a text.
 *
 * "BERT: Pre-training of Deep Bidirectional Transformers" (Devlin et al., 2019), section 3.
 *
 * @throws RangeError when an option is out of range, TypeError when a text is not a string.
 * @example
 * ```ts @import.meta.vitest
 * const { trainWordPiece } = await import('./train-word-piece.js')
 * const tokenizer = await trainWordPiece(['low lower lowest'], { vocabularySize: 24 })
 * const ids = tokenizer.encode('Lowest slow')
 * const tokens = Object.entries(tokenizer.toJSON().model.vocab).map(([token]) => token)
 * expect(Array.from(ids, (id) => tokens[id])).toEqual(['lowest', '[UNK]'])
 * ```
 */
export async function trainWordPiece(
  texts: TrainingTexts,
  options: TrainWordPieceOptions,
): Promise<Tokenizer> {
  const { specialTokens = BERT_TOKENS, unknown = '[UNK]', continuingPrefix = '##' } = options
  const { maxWordLength = 100 } = options
  if (unknown === 'error') {
    throw new RangeError(`trainWordPiece: expected unknown to name a token, got 'error'`)
  }
  if (!(Number.isInteger(maxWordLength) && maxWordLength >= 1)) {
    throw new RangeError(
      `trainWordPiece: expected maxWordLength of 1 or more, got ${maxWordLength}`,
    )
  }
  const parts = wordParts('trainWordPiece', options)
  const learned = await trainMarkedWords(
    'trainWordPiece',
    texts,
    options,
    withUnknown(specialTokens, unknown),
    parts,
    { prefix: continuingPrefix, suffix: '' },
  )
  return parseTokenizer({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(learned.specialTokens),
    normalizer: parts.normalizer,
    pre_tokenizer: parts.preTokenizer,
    post_processor: template(learned.specialTokens),
    decoder: { type: 'WordPiece', prefix: continuingPrefix, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: continuingPrefix,
      max_input_chars_per_word: maxWordLength,
      vocab: Object.fromEntries(learned.names.map((name, id) => [name, id])),
    },
  })
}

/** `[CLS]` before a text and `[SEP]` after it, and the same with a second text, for other readers of the file. */
function template(specialTokens: ReadonlyMap<string, number>): PartJson | null {
  const cls = specialTokens.get('[CLS]')
  const sep = specialTokens.get('[SEP]')
  if (cls === undefined || sep === undefined) return null
  const special = (id: string, type: number): object => ({ SpecialToken: { id, type_id: type } })
  const text = (id: 'A' | 'B', type: number): object => ({ Sequence: { id, type_id: type } })
  const single = [special('[CLS]', 0), text('A', 0), special('[SEP]', 0)]
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, text('B', 1), special('[SEP]', 1)],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [cls], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [sep], tokens: ['[SEP]'] },
    },
  }
}
