import { bpeJson } from '../bpe-characters/bpe-json.js'
import { byteToken } from '../bpe-characters/first-symbols.js'
import type { PartJson } from '../hugging-face/format.js'
import { parseTokenizer } from '../hugging-face/parse-tokenizer.js'
import { countCharacters } from '../training/alphabet.js'
import { characterRows } from '../training/character-rows.js'
import { countPieces } from '../training/count-pieces.js'
import { coveringCharacters } from '../training/covering-characters.js'
import { checkAtLeast, checkOptions, type TrainingOptions } from '../training/options.js'
import { type PieceRules, pieceRules } from '../training/piece-rules.js'
import { placeSpecial, withUnknown } from '../training/special-ids.js'
import { fromSpelling, toSpelling } from '../training/spelling.js'
import type { TrainingTexts } from '../training/texts.js'
import type { Tokenizer } from '../types.js'
import { learnMerges } from './learn-merges.js'

/** Options of `trainBpe` for SentencePiece's BPE. The defaults are PaLM's: nothing of the text is lost. */
export interface SentencePieceOptions extends TrainingOptions, Partial<PieceRules> {
  readonly style: 'sentencepiece'
  /** Default: `['<unk>', '<s>', '</s>']`. */
  readonly specialTokens?: readonly string[]
  /** The special token for what is not in the vocabulary, added after the others if it is not among them. Default: `'<unk>'`. */
  readonly unknown?: string
  /** A token for each of the 256 bytes, of which characters outside the vocabulary are made. Default: true. */
  readonly byteFallback?: boolean
  /** The part of all characters in the texts that the characters with a token make up, in (0, 1]. Default: 0.9995. */
  readonly characterCoverage?: number
  /** Characters that get a token whether they occur or not. Default: none. */
  readonly initialAlphabet?: Iterable<string>
  /** Longest token, in characters. Default: 16. */
  readonly maxTokenLength?: number
  /** Set a space before each text, so that a word is the same token at its start as elsewhere. Default: false. */
  readonly dummyPrefix?: boolean
  /** A normalizer as it stands in a tokenizer.json; null for none, which loses nothing. Default: null. */
  readonly normalizer?: PartJson | null
}

const SPACE = '\u2581'

/** Ids: special tokens, bytes, merges, characters by frequency, as in SentencePiece. */
export async function trainSentencePiece(
  texts: TrainingTexts,
  options: SentencePieceOptions,
): Promise<Tokenizer> {
  const { vocabularySize, unknown = '<unk>', byteFallback = true, progress } = options
  const { maxTokenLength = 16, dummyPrefix = false, normalizer = null } = options
  const { splitDigits = true, splitByScript = true, whitespaceOnlyPieces = true } = options
  const specialTokens = withUnknown(options.specialTokens ?? ['<unk>', '<s>', '</s>'], unknown)
  const bytes = byteFallback ? Array.from({ length: 256 }, (_, byte) => byteToken(byte)) : []
  const base = { size: bytes.length, what: `${bytes.length} bytes` }
  const { specialTokensAt, minFrequency, workers } = checkOptions(
    'trainBpe',
    options,
    specialTokens,
    base,
  )
  checkAtLeast('trainBpe', 'maxTokenLength', maxTokenLength, 1)

  const cutting = {
    spaces: whitespaceOnlyPieces ? ('runs' as const) : ('single' as const),
    normalizer,
    dummyPrefix,
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
  // Learned are spaces as they are; in the vocabulary U+2581 stands for them.
  ids.set(0x20, ids.get(0x2581) ?? -1)
  const allowed = pieceRules({ splitDigits, splitByScript, whitespaceOnlyPieces })
  const total = room - symbols.length
  const { left, right, spellings } = learnMerges(
    characterRows(words, (point) => ids.get(point) ?? -1, 'keep'),
    {
      spellings: symbols,
      firstId: symbols.length,
      vocabularySize: room,
      minFrequency,
      maxTokenLength,
      reserved: new Set([...specialTokens, ...bytes].map(toSpelling)),
      order: 'products',
      allows: (spelling) => allowed(fromSpelling(spelling)),
      onMerge: (done) => progress?.({ task: 'merging', done, total, unit: 'merges' }),
    },
  )
  const pieces = spellings.map(fromSpelling)
  const piece = (id: number): string => pieces[id] as string
  return parseTokenizer(
    bpeJson({
      ...placeSpecial(
        [...bytes, ...pieces.slice(symbols.length), ...pieces.slice(0, symbols.length)],
        specialTokens,
        specialTokensAt,
      ),
      merges: Array.from(left, (a, rank) => [piece(a), piece(right[rank] as number)] as const),
      normalizer: spaceNormalizer(normalizer, dummyPrefix),
      preTokenizer: null,
      decoder: spaceDecoder(dummyPrefix),
      unknown: unknown === 'error' ? null : unknown,
      settings: { byte_fallback: byteFallback, fuse_unk: true },
    }),
  )
}

function spaceNormalizer(normalizer: PartJson | null, dummyPrefix: boolean): PartJson {
  const parts = [
    ...(normalizer === null ? [] : [normalizer]),
    ...(dummyPrefix ? [{ type: 'Prepend', prepend: SPACE }] : []),
    { type: 'Replace', pattern: { String: ' ' }, content: SPACE },
  ]
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { type: 'Sequence', normalizers: parts }
}

function spaceDecoder(dummyPrefix: boolean): PartJson {
  return {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      ...(dummyPrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
    ],
  }
}
