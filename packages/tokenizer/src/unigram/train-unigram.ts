import type { Progress } from '@llm/data'
import { sentencePieceTokenizer } from '../formats/sentencepiece.js'
import type { Piece } from '../sentencepiece/model-file.js'
import { settingsOf } from '../sentencepiece/read-file.js'
import { bytePieces, trainedFile } from '../sentencepiece/training-specs.js'
import { checkSpecialTokens, DEFAULT_SPECIAL_TOKENS } from '../special-tokens.js'
import { checkAtLeast } from '../training/options.js'
import type { TrainingTexts } from '../training/texts.js'
import type { Tokenizer } from '../types.js'
import { learnPieces } from './learn-pieces.js'
import { countWords, coveredCharacters, trainingWords } from './training-words.js'
import { pieceCheck } from './valid-piece.js'

export interface TrainUnigramOptions {
  /** Number of ids wanted, `<unk>`, special tokens, bytes and all. */
  readonly vocabularySize: number
  /** Tokens that ordinary text never produces, with ids from 1 in this order. Default: `['<|endoftext|>']`. */
  readonly specialTokens?: readonly string[]
  /** Texts that are always one piece, wherever they stand. Default: none. */
  readonly symbols?: readonly string[]
  /** Have a piece for each of the 256 bytes, so that no text is unknown. Default: true. */
  readonly byteFallback?: boolean
  /** Share of the characters of the texts that get a piece of their own, the most frequent first, in (0, 1]. Default: 0.9995. */
  readonly characterCoverage?: number
  /** Longest piece, in characters. Default: 16. */
  readonly maxPieceLength?: number
  /** Put a space before a text, so that a word is the same there as elsewhere. Default: true. */
  readonly addPrefixSpace?: boolean
  /** Drop spaces at the start and end of a text and those that follow another: text is then no longer kept as it is. Default: false. */
  readonly removeExtraSpaces?: boolean
  /** Allow pieces of spaces alone. Default: true. */
  readonly spaceOnlyPieces?: boolean
  /** Each digit is a piece of its own. Default: false. */
  readonly splitDigits?: boolean
  /** No piece has digits and other characters. Default: true. */
  readonly splitByNumber?: boolean
  /** No piece has characters of several scripts; those of Japanese count as one. Default: true. */
  readonly splitByScript?: boolean
  /** Replacement rules as in SentencePiece's `precompiled_charsmap`, applied to texts first. Default: none. */
  readonly charsmap?: Uint8Array
  /** Texts to start from. Default: 1,000,000. */
  readonly seedSize?: number
  /** Share of the pieces that each round keeps, in (0, 1). Default: 0.75. */
  readonly shrinkingFactor?: number
  /** Steps of expectation maximization in each round. Default: 2. */
  readonly subIterations?: number
  /** Called with the characters counted, then with the pieces that are left. */
  readonly progress?: Progress
}

type Defaults = Required<Omit<TrainUnigramOptions, 'progress' | 'charsmap'>>

/**
 * Trains a Unigram tokenizer of SentencePiece's kind: `saveTokenizer` writes it as `.model`, which the `sentencepiece`
 * package loads with the same ids.
 *
 * Starts from the texts that occur most within words, and drops a quarter of them at a time, those that the likelihood of
 * the words misses least, until `vocabularySize` are left. The defaults lose nothing: decoding gives back the text, spaces
 * and all. Ids: `<unk>`, special tokens, symbols, the bytes, then pieces by probability. The vocabulary is smaller than asked for
 * when the texts have too few. Memory grows with the distinct words.
 *
 * From "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates" (Kudo, 2018).
 *
 * @throws RangeError when an option is out of range, or characters alone exceed the size; TypeError when a text is not a string.
 * @example
 * ```ts @import.meta.vitest
 * const { trainUnigram } = await import('./train-unigram.js')
 * const tokenizer = await trainUnigram(['low lower lowest slow slower'], { vocabularySize: 272 })
 * expect(tokenizer.decode(tokenizer.encode('slowest  low'))).toBe('slowest  low')
 * ```
 */
export async function trainUnigram(
  texts: TrainingTexts,
  options: TrainUnigramOptions,
): Promise<Tokenizer> {
  const filled = withDefaults(options)
  const { vocabularySize, symbols, progress } = { ...options, ...filled }
  const meta = metaPieces(filled)
  const specs = { ...filled, type: 'unigram' as const, charsmap: options.charsmap, unigram: filled }
  const settings = settingsOf(trainedFile(meta, specs))
  const counts = await countWords('trainUnigram', texts, settings, symbols, progress)
  const covered = coveredCharacters(counts, filled.characterCoverage)
  const size = vocabularySize - meta.length
  if (size < covered.size) {
    throw new RangeError(
      `trainUnigram: expected vocabularySize of ${meta.length + covered.size} or more (${covered.size} characters), got ${vocabularySize}; or lower characterCoverage`,
    )
  }
  const learned =
    covered.size === 0
      ? []
      : learnPieces(trainingWords(counts, new Set(covered.keys())), {
          ...filled,
          size,
          covered,
          isValid: pieceCheck(filled),
          onShrink: (done) =>
            progress?.({ task: 'choosing pieces', done, total: size, unit: 'pieces' }),
        })
  const taken = new Set(meta.map(({ text }) => text))
  const pieces = learned
    .filter(([text]) => !taken.has(text))
    .map(([text, score]) => ({ text, score: Math.fround(score), type: 'normal' as const }))
  return sentencePieceTokenizer(trainedFile([...meta, ...pieces], specs))
}

function withDefaults(options: TrainUnigramOptions): Defaults {
  const filled: Defaults = {
    specialTokens: DEFAULT_SPECIAL_TOKENS,
    symbols: [],
    byteFallback: true,
    characterCoverage: 0.9995,
    maxPieceLength: 16,
    addPrefixSpace: true,
    removeExtraSpaces: false,
    spaceOnlyPieces: true,
    splitDigits: false,
    splitByNumber: true,
    splitByScript: true,
    seedSize: 1_000_000,
    shrinkingFactor: 0.75,
    subIterations: 2,
    ...options,
  }
  const name = 'trainUnigram'
  checkSpecialTokens(name, ['<unk>', ...filled.specialTokens, ...filled.symbols])
  if (!Number.isInteger(filled.vocabularySize)) {
    throw new RangeError(
      `${name}: expected a whole number as vocabularySize, got ${filled.vocabularySize}`,
    )
  }
  checkAtLeast(name, 'maxPieceLength', filled.maxPieceLength, 1)
  checkAtLeast(name, 'seedSize', filled.seedSize, 1)
  checkAtLeast(name, 'subIterations', filled.subIterations, 1)
  checkShare(name, 'characterCoverage', filled.characterCoverage, 1)
  // Close to 1 the rounds would never end.
  checkShare(name, 'shrinkingFactor', filled.shrinkingFactor, 0.99)
  return filled
}

function checkShare(name: string, option: string, value: number, most: number): void {
  if (value > 0 && value <= most) return
  throw new RangeError(`${name}: expected ${option} above 0 and up to ${most}, got ${value}`)
}

function metaPieces({ specialTokens, symbols, byteFallback }: Defaults): Piece[] {
  const pieces: Piece[] = [{ text: '<unk>', score: 0, type: 'unknown' }]
  for (const text of specialTokens) pieces.push({ text, score: 0, type: 'control' })
  for (const text of symbols) pieces.push({ text, score: 0, type: 'user-defined' })
  return byteFallback ? [...pieces, ...bytePieces()] : pieces
}
