import { fail } from '../hugging-face/check.js'
import type { TokenModel } from '../model.js'
import { sha256 } from '../sha256.js'
import { type TokenTable, tokenTable } from '../token-table.js'
import type { TokenizerKind } from '../types.js'
import {
  isFromText,
  type Piece,
  type SentencePieceFile,
  type SentencePieceType,
  SPACE_MARK,
} from './model-file.js'
import { type Settings, settingsOf } from './read-file.js'
import { textEncoder } from './text-encoder.js'
import { sentencePieceToJson } from './to-json.js'

const KINDS: Readonly<Record<SentencePieceType, TokenizerKind>> = {
  unigram: 'unigram',
  bpe: 'bpe',
  word: 'words',
  char: 'characters',
}

/**
 * A SentencePiece model: normalizer, pieces and decoding, with the ids that the `sentencepiece` package gives.
 *
 * "SentencePiece: A simple and language independent subword tokenizer and detokenizer for Neural Text Processing" (Kudo
 * and Richardson, 2018).
 */
export function sentencePieceModel(file: SentencePieceFile): TokenModel {
  const settings = settingsOf(file)
  if (settings.denormalizerCharsmap.length > 0) {
    fail('denormalizer_spec', 'no rules for decoded text', 'some', 'they are not supported')
  }
  const { pieces } = file
  const ids = idsByName(pieces)
  const encode = textEncoder(file, settings)
  const trims = settings.addDummyPrefix || settings.removeExtraSpaces
  const table = (leading: boolean): TokenTable =>
    tokenTable(pieces.map((piece) => tokenBytes(piece, settings, leading)))
  return {
    kind: KINDS[settings.type],
    tokens: table(false),
    specialTokens: new Map(
      pieces.flatMap(({ text, type }, id) => (type === 'control' ? [[text, id] as const] : [])),
    ),
    ...(trims
      ? { decoding: { first: table(true), firstUntilText: settings.removeExtraSpaces } }
      : {}),
    hasDropout: settings.type === 'bpe',
    encode: (text, out, options) => encode(text, out, undefined, options),
    encodeSpans: encode,
    idOf: (name) => ids.get(name),
    rules: () => ({
      ...rulesOf(settings),
      pieces: pieces.map(({ score, type }) => [score, type] as const),
    }),
    toJSON: () => sentencePieceToJson(file, settings),
  }
}

/** What an id decodes to: control pieces to their names, as special tokens do. */
function tokenBytes({ text, type }: Piece, settings: Settings, leading: boolean): Uint8Array {
  const utf8 = new TextEncoder()
  if (type === 'byte') return Uint8Array.of(Number(text.slice(1, -1)))
  if (type === 'control') return utf8.encode(text)
  if (type === 'unknown') return utf8.encode(settings.unknownSurface)
  const shown = leading && text.startsWith(SPACE_MARK) ? text.slice(1) : text
  return utf8.encode(shown.replaceAll(SPACE_MARK, ' '))
}

/** Ids by the names of pieces. Where a name is taken twice, it is that of the piece that text cannot produce. */
function idsByName(pieces: readonly Piece[]): Map<string, number> {
  const ids = new Map<string, number>()
  for (const fromText of [true, false]) {
    pieces.forEach(({ text, type }, id) => {
      if (isFromText(type) === fromText) ids.set(text, id)
    })
  }
  return ids
}

function rulesOf({ charsmap, denormalizerCharsmap: _, ...settings }: Settings): object {
  return { ...settings, charsmap: charsmap.length === 0 ? null : sha256(charsmap) }
}
