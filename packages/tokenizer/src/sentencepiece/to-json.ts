import { toBase64 } from '../formats/base64.js'
import type { AddedTokenJson, ModelJson, PartJson, TokenizerJson } from '../hugging-face/format.js'
import {
  isFromText,
  type Piece,
  type SentencePieceFile,
  SPACE_MARK,
  SPACE_MARK_UNIT,
  unknownIdOf,
} from './model-file.js'
import type { Settings } from './read-file.js'
import { bordersOf } from './word-borders.js'

/**
 * A SentencePiece model in the words of tokenizer.json, as transformers converts it. Ids are the same but for rare
 * cases: `tokenizers` applies replacement rules to graphemes, sums scores in 64 bits from the start of each word, and
 * finds the symbols of the user before it normalizes.
 *
 * @throws RangeError when the format has no words for it
 */
export function sentencePieceToJson(file: SentencePieceFile, settings: Settings): TokenizerJson {
  if (settings.spaceAsSuffix || !settings.escapeSpaces) {
    throw new RangeError(
      'toJSON: expected spaces that become U+2581 before words, as tokenizer.json cannot say it otherwise; save it as .model',
    )
  }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(file),
    normalizer: normalizer(settings),
    pre_tokenizer: preTokenizer(file, settings),
    post_processor: null,
    decoder: decoder(settings),
    model: model(file, settings),
  }
}

function addedTokens({ pieces }: SentencePieceFile): AddedTokenJson[] {
  return pieces.flatMap(({ text, type }, id) =>
    type === 'control' || type === 'user-defined'
      ? [
          {
            id,
            content: text,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: type === 'control',
          },
        ]
      : [],
  )
}

function normalizer({ charsmap, removeExtraSpaces, addDummyPrefix }: Settings): PartJson {
  const normalizers: PartJson[] = []
  if (charsmap.length > 0) {
    normalizers.push({ type: 'Precompiled', precompiled_charsmap: toBase64(charsmap) })
  }
  if (removeExtraSpaces) {
    normalizers.push({ type: 'Strip', strip_left: true, strip_right: true })
    normalizers.push({ type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' })
  }
  if (addDummyPrefix) normalizers.push({ type: 'Prepend', prepend: SPACE_MARK })
  normalizers.push({ type: 'Replace', pattern: { String: ' ' }, content: SPACE_MARK })
  return { type: 'Sequence', normalizers }
}

/** Cuts before each space mark, where no piece has one behind its start. */
function preTokenizer({ pieces }: SentencePieceFile, { type }: Settings): PartJson | null {
  const texts = pieces.filter(({ type }) => isFromText(type)).map(({ text }) => text)
  const crossed =
    bordersOf(texts, SPACE_MARK_UNIT) !== 'before' ||
    texts.some((text) => text.startsWith(SPACE_MARK + SPACE_MARK))
  if (crossed && type !== 'word') return null
  return { type: 'Metaspace', replacement: SPACE_MARK, prepend_scheme: 'never', split: true }
}

function decoder({ byteFallback, addDummyPrefix, removeExtraSpaces }: Settings): PartJson {
  const decoders: PartJson[] = [{ type: 'Replace', pattern: { String: SPACE_MARK }, content: ' ' }]
  if (byteFallback) decoders.push({ type: 'ByteFallback' })
  decoders.push({ type: 'Fuse' })
  if (addDummyPrefix || removeExtraSpaces) {
    decoders.push({ type: 'Strip', content: ' ', start: 1, stop: 0 })
  }
  return { type: 'Sequence', decoders }
}

function model(file: SentencePieceFile, { type, byteFallback }: Settings): ModelJson {
  const { pieces } = file
  const unknownId = unknownIdOf(file)
  const unknown = pieces[unknownId]?.text ?? null
  if (type === 'unigram') {
    return {
      type: 'Unigram',
      unk_id: unknown === null ? null : unknownId,
      vocab: pieces.map(({ text, score }) => [text, score] as const),
      byte_fallback: byteFallback,
    }
  }
  // fromEntries defines own properties, so that a token "__proto__" is an entry like any other.
  const vocab = Object.fromEntries(pieces.map(({ text }, id) => [text, id] as const))
  if (type === 'word') return { type: 'WordLevel', vocab, unk_token: unknown ?? '' }
  return {
    type: 'BPE',
    dropout: null,
    unk_token: unknown,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: true,
    byte_fallback: byteFallback,
    ignore_merges: false,
    vocab,
    merges: type === 'bpe' ? merges(pieces) : [],
  }
}

/** All pairs of pieces that make a piece, the highest score first. */
function merges(pieces: readonly Piece[]): (readonly [string, string])[] {
  const ids = new Map<string, number>()
  pieces.forEach(({ text, type }, id) => {
    if (isFromText(type)) ids.set(text, id)
  })
  const pairs: { left: number; right: number; score: number }[] = []
  for (const { text, score, type } of pieces) {
    if (!isFromText(type)) continue
    for (let i = 1; i < text.length; i++) {
      const left = ids.get(text.slice(0, i))
      const right = ids.get(text.slice(i))
      if (left !== undefined && right !== undefined) pairs.push({ left, right, score })
    }
  }
  pairs.sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right)
  return pairs.map(
    ({ left, right }) => [(pieces[left] as Piece).text, (pieces[right] as Piece).text] as const,
  )
}
