import { toBase64 } from '../formats/base64.js'
import { sentencePieceTokenizer } from '../formats/sentencepiece.js'
import type { Piece } from '../sentencepiece/model-file.js'
import { bytePieces, trainedFile } from '../sentencepiece/training-specs.js'
import { countCharacters } from '../training/alphabet.js'
import { characterRows } from '../training/character-rows.js'
import { countPieces } from '../training/count-pieces.js'
import { coveringCharacters } from '../training/covering-characters.js'
import { checkAtLeast, checkOptions, type TrainingOptions } from '../training/options.js'
import { withUnknown } from '../training/special-ids.js'
import { fromSpelling, toSpelling } from '../training/spelling.js'
import type { TrainingTexts } from '../training/texts.js'
import type { Tokenizer } from '../types.js'
import { pieceCheck } from '../unigram/valid-piece.js'
import { learnMerges } from './learn-merges.js'

/** Options of `trainBpe` for SentencePiece's BPE. The defaults are PaLM's: nothing of the text is lost. */
export interface SentencePieceOptions extends TrainingOptions {
  readonly style: 'sentencepiece'
  /** Default: `['<unk>', '<s>', '</s>']`. */
  readonly specialTokens?: readonly string[]
  /** The token for what is not in the vocabulary, added after the special tokens if it is not among them. Default: `'<unk>'`. */
  readonly unknown?: string
  /** Have a piece for each of the 256 bytes, so that no text is unknown. Default: true. */
  readonly byteFallback?: boolean
  /** Share of the characters of the texts that get a piece of their own, the most frequent first, in (0, 1]. Default: 0.9995. */
  readonly characterCoverage?: number
  /** Characters that get a piece whether they occur or not. Default: none. */
  readonly initialAlphabet?: Iterable<string>
  /** Longest piece, in characters. Default: 16. */
  readonly maxPieceLength?: number
  /** Put a space before a text, so that a word is the same there as elsewhere. Default: false. */
  readonly addPrefixSpace?: boolean
  /** Allow pieces of spaces alone. Default: true. */
  readonly spaceOnlyPieces?: boolean
  /** Each digit is a piece of its own. Default: true. */
  readonly splitDigits?: boolean
  /** No piece has digits and other characters. Default: true. */
  readonly splitByNumber?: boolean
  /** No piece has characters of several scripts; those of Japanese count as one. Default: true. */
  readonly splitByScript?: boolean
  /** Replacement rules as in SentencePiece's `precompiled_charsmap`, applied to texts first. Default: none. */
  readonly charsmap?: Uint8Array
}

/** Ids: special tokens, bytes, merges, characters by frequency, as SentencePiece numbers them. */
export async function trainSentencePiece(
  texts: TrainingTexts,
  options: SentencePieceOptions,
): Promise<Tokenizer> {
  const { vocabularySize, unknown = '<unk>', progress, charsmap } = options
  const { byteFallback = true, characterCoverage = 0.9995, addPrefixSpace = false } = options
  const { spaceOnlyPieces = true, maxPieceLength = 16 } = options
  const { splitDigits = true, splitByNumber = true, splitByScript = true } = options
  const rules = { maxPieceLength, spaceOnlyPieces, splitDigits, splitByNumber, splitByScript }
  const specialTokens = withUnknown(options.specialTokens ?? ['<unk>', '<s>', '</s>'], unknown)
  const bytes = byteFallback ? bytePieces() : []
  const base = { size: bytes.length, what: `${bytes.length} bytes` }
  const { specialTokensAt, minFrequency, workers } = checkOptions(
    'trainBpe',
    options,
    specialTokens,
    base,
  )
  checkAtLeast('trainBpe', 'maxPieceLength', maxPieceLength, 1)
  if (unknown === 'error') {
    throw new RangeError(
      "trainBpe: expected unknown to name a token, got 'error'; with byteFallback nothing is unknown",
    )
  }

  const cutting = {
    spaces: spaceOnlyPieces ? ('runs' as const) : ('single' as const),
    normalizer:
      charsmap === undefined
        ? null
        : { type: 'Precompiled', precompiled_charsmap: toBase64(charsmap) },
    addPrefixSpace,
  }
  const words = await countPieces('trainBpe', texts, cutting, { workers, progress })
  const characters = coveringCharacters('trainBpe', countCharacters(words), options)
  const symbols = characters.map((point) => toSpelling(String.fromCodePoint(point)))
  const others = specialTokens.length + bytes.length
  const room = vocabularySize - others
  if (room < symbols.length) {
    throw new RangeError(
      `trainBpe: expected vocabularySize of at least ${others + symbols.length} for ${symbols.length} characters, ${bytes.length} bytes and ${specialTokens.length} special tokens, got ${vocabularySize}; raise it, or lower characterCoverage`,
    )
  }
  const ids = new Map(characters.map((point, id) => [point, id]))
  // Counted are spaces as they are; in the vocabulary U+2581 stands for them.
  ids.set(0x20, ids.get(0x2581) ?? -1)
  const isValid = pieceCheck(rules)
  const total = room - symbols.length
  const { spellings } = learnMerges(
    characterRows(words, (point) => ids.get(point) ?? -1, 'keep'),
    {
      spellings: symbols,
      firstId: symbols.length,
      vocabularySize: room,
      minFrequency,
      maxTokenLength: maxPieceLength,
      reserved: new Set([...specialTokens, ...bytes.map(({ text }) => text)].map(toSpelling)),
      order: 'products',
      allows: (spelling) => isValid(fromSpelling(spelling)),
      onMerge: (done) => progress?.({ task: 'merging', done, total, unit: 'merges' }),
    },
  )
  // What merges make comes first, in the order of the merges; the score of a piece says when it is made.
  const learned = [...spellings.slice(symbols.length), ...symbols].map(
    (spelling, i): Piece => ({ text: fromSpelling(spelling), score: -i, type: 'normal' }),
  )
  const special = specialTokens.map(
    (text): Piece => ({ text, score: 0, type: text === unknown ? 'unknown' : 'control' }),
  )
  const ordinary = [...bytes, ...learned]
  return sentencePieceTokenizer(
    trainedFile(
      specialTokensAt === 'start' ? [...special, ...ordinary] : [...ordinary, ...special],
      {
        ...rules,
        type: 'bpe',
        vocabularySize,
        characterCoverage,
        byteFallback,
        addPrefixSpace,
        removeExtraSpaces: false,
        charsmap,
      },
    ),
  )
}
