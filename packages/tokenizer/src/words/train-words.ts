import { MAX_VOCABULARY } from '../bpe/vocabulary.js'
import { addedTokens, type PartJson } from '../hugging-face/format.js'
import { parseTokenizer } from '../hugging-face/parse-tokenizer.js'
import { DEFAULT_SPECIAL_TOKENS } from '../special-tokens.js'
import { countPieces } from '../training/count-pieces.js'
import { checkOptions, type TrainingOptions } from '../training/options.js'
import type { PieceCounts } from '../training/piece-counts.js'
import { placeSpecial, withUnknown } from '../training/special-ids.js'
import type { TrainingTexts } from '../training/texts.js'
import type { Tokenizer } from '../types.js'

export interface TrainWordsOptions extends Omit<TrainingOptions, 'vocabularySize'> {
  /** Most ids to use, special tokens included: the most frequent words stay. Default: all words. */
  readonly vocabularySize?: number
  /** Default: `['<|endoftext|>']`. */
  readonly specialTokens?: readonly string[]
  /**
   * What encoding does with a word that is not in the vocabulary: the special token that it becomes, added after the others
   * if it is not among them; or `'error'`: it throws. Default: `'<|unknown|>'`.
   */
  readonly unknown?: string
  /** A normalizer as it stands in a tokenizer.json; null for none. Default: null. */
  readonly normalizer?: PartJson | null
  /** A pre-tokenizer as it stands in a tokenizer.json. Default: `Whitespace`, which cuts `\w+|[^\w\s]+`. */
  readonly preTokenizer?: PartJson
}

/**
 * Makes a tokenizer with one id per word. White space is not kept: decoding puts one space between words.
 *
 * Ids: special tokens, then words by frequency, among equally frequent ones by their UTF-8 bytes, as Hugging Face's
 * `WordLevelTrainer` numbers them.
 *
 * @throws RangeError when an option is out of range, TypeError when a text is not a string.
 * @example
 * ```ts @import.meta.vitest
 * const { trainWords } = await import('./train-words.js')
 * const tokenizer = await trainWords(['the cat and the dog'])
 * expect(Array.from(tokenizer.encode('the dog and the bird'))).toEqual([2, 5, 3, 2, 1])
 * expect(tokenizer.decode([2, 4])).toBe('the cat')
 * ```
 */
export async function trainWords(
  texts: TrainingTexts,
  options: TrainWordsOptions = {},
): Promise<Tokenizer> {
  const { unknown = '<|unknown|>', normalizer = null, progress } = options
  const { preTokenizer = { type: 'Whitespace' } } = options
  const special = withUnknown(options.specialTokens ?? DEFAULT_SPECIAL_TOKENS, unknown)
  const { vocabularySize = MAX_VOCABULARY } = options
  const base = { size: 1, what: '1 word' }
  const { specialTokensAt, minFrequency, workers } = checkOptions(
    'trainWords',
    { ...options, vocabularySize },
    special,
    base,
  )
  const cutting = { parts: { normalizer, preTokenizer } }
  const counts = await countPieces('trainWords', texts, cutting, { workers, progress })
  const words = chooseWords(counts, minFrequency, vocabularySize - special.length, special)
  if (unknown === 'error' && options.vocabularySize !== undefined && counts.size > words.length) {
    throw new RangeError(
      `trainWords: expected vocabularySize of at least ${special.length + counts.size} for ${counts.size} words, got ${vocabularySize}; raise it, or name a token for unknown words`,
    )
  }
  const { names, specialTokens } = placeSpecial(words, special, specialTokensAt)
  return parseTokenizer({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(specialTokens),
    normalizer,
    pre_tokenizer: preTokenizer,
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(names.map((name, id) => [name, id])),
      // The format wants a name; without a token of this name, unknown words are an error.
      unk_token: unknown === 'error' ? '<|unknown|>' : unknown,
    },
  })
}

/** The most frequent words; of equally frequent ones, those whose bytes come first. */
function chooseWords(
  { bytes, offsets, counts, size }: PieceCounts,
  minFrequency: number,
  room: number,
  special: readonly string[],
): string[] {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  const reserved = new Set(special)
  return Array.from({ length: size }, (_, word) => word)
    .filter((word) => (counts[word] as number) >= minFrequency)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || compare(a, b))
    .map((word) => utf8.decode(bytes.subarray(offsets[word], offsets[word + 1])))
    .filter((word) => !reserved.has(word))
    .slice(0, room)

  function compare(a: number, b: number): number {
    const [startA, startB] = [offsets[a] as number, offsets[b] as number]
    const [endA, endB] = [offsets[a + 1] as number, offsets[b + 1] as number]
    for (let i = 0; startA + i < endA && startB + i < endB; i++) {
      const difference = (bytes[startA + i] as number) - (bytes[startB + i] as number)
      if (difference !== 0) return difference
    }
    return endA - startA - (endB - startB)
  }
}
