import type { PartJson } from '../hugging-face/format.js'
import type { Parts } from './parts-counter.js'

/** How text becomes words before it is counted and encoded. */
export interface WordPartOptions {
  /** Lower-case the text, and take accents off. Default: true, as in GPT-1 and BERT. */
  readonly lowercase?: boolean
  /**
   * A normalizer as it stands in a tokenizer.json, in place of BERT's, which cleans control characters and white space, sets
   * spaces around Chinese characters, and lower-cases; null for none. It decides alone, so `lowercase` must be absent.
   */
  readonly normalizer?: PartJson | null
  /** A pre-tokenizer as it stands in a tokenizer.json, in place of BERT's, which cuts at white space and around punctuation. */
  readonly preTokenizer?: PartJson | null
}

/** The parts that options ask for. */
export function wordParts(name: string, options: WordPartOptions): Parts {
  const { lowercase = true, preTokenizer = { type: 'BertPreTokenizer' } } = options
  if (options.lowercase !== undefined && options.normalizer !== undefined) {
    throw new RangeError(
      `${name}: expected lowercase or a normalizer, got both; put { type: 'Lowercase' } into the normalizer`,
    )
  }
  const bert = {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase,
  }
  return {
    normalizer: options.normalizer === undefined ? bert : options.normalizer,
    preTokenizer,
  }
}
