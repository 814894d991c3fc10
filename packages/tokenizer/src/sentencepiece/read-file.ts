import { MAX_VOCABULARY } from '../bpe/vocabulary.js'
import { fail } from '../hugging-face/check.js'
import {
  bytePiece,
  isFromText,
  MODEL_TYPES,
  NO_PIECE,
  PIECE_TYPES,
  type Piece,
  type SentencePieceFile,
  type SentencePieceType,
} from './model-file.js'
import { readFields } from './protobuf.js'

/** Longest piece, in UTF-16 units: a bound on the work at each place of a text. */
const MAX_PIECE = 8192

/**
 * Reads a `.model` file.
 *
 * @throws RangeError when the bytes are no SentencePiece model: the message says where.
 */
export function readModelFile(bytes: Uint8Array): SentencePieceFile {
  const pieces: Piece[] = []
  let trainerSpec = new Uint8Array(0)
  let normalizerSpec = new Uint8Array(0)
  const rest: Uint8Array[] = []
  for (const { number, bytes: content, raw } of readFields(bytes, 'the model')) {
    if (content === undefined) rest.push(raw)
    else if (number === 1) {
      if (pieces.length === MAX_VOCABULARY) fail('pieces', `at most ${MAX_VOCABULARY}`, 'more')
      pieces.push(readPiece(content, pieces.length))
    } else if (number === 2) trainerSpec = content.slice()
    else if (number === 3) normalizerSpec = content.slice()
    else rest.push(raw.slice())
  }
  const file = { pieces, trainerSpec, normalizerSpec, rest }
  checkPieces(pieces, settingsOf(file).byteFallback)
  return file
}

/** What of a file's settings decides ids and decoding. Absent ones have SentencePiece's defaults. */
export interface Settings {
  readonly type: SentencePieceType
  readonly byteFallback: boolean
  /** The dummy prefix comes last, as a suffix. */
  readonly spaceAsSuffix: boolean
  /** What the unknown piece decodes to. */
  readonly unknownSurface: string
  readonly charsmap: Uint8Array
  readonly addDummyPrefix: boolean
  readonly removeExtraSpaces: boolean
  /** Spaces become U+2581. */
  readonly escapeSpaces: boolean
  /** Applied to decoded text. */
  readonly denormalizerCharsmap: Uint8Array
}

export function settingsOf(file: SentencePieceFile): Settings {
  let type = MODEL_TYPES[0] as SentencePieceType
  let byteFallback = false
  let spaceAsSuffix = false
  let unknownSurface = ' \u2047 '
  for (const { number, value, bytes } of readFields(file.trainerSpec, 'trainer_spec')) {
    if (number === 3) type = MODEL_TYPES[value - 1] ?? fail('model_type', '1 to 4', value)
    else if (number === 24) spaceAsSuffix = value !== 0
    else if (number === 35) byteFallback = value !== 0
    else if (number === 44 && bytes !== undefined) unknownSurface = text(bytes, 'unk_surface')
  }
  let denormalizerCharsmap = new Uint8Array(0)
  for (const raw of file.rest) {
    for (const { number, bytes } of readFields(raw, 'the model')) {
      if (number === 5 && bytes !== undefined) {
        denormalizerCharsmap = readNormalizer(bytes, 'denormalizer_spec').charsmap
      }
    }
  }
  const normalizer = readNormalizer(file.normalizerSpec, 'normalizer_spec')
  return { type, byteFallback, spaceAsSuffix, unknownSurface, ...normalizer, denormalizerCharsmap }
}

function readNormalizer(spec: Uint8Array, where: string) {
  let charsmap = new Uint8Array(0)
  let addDummyPrefix = true
  let removeExtraSpaces = true
  let escapeSpaces = true
  for (const { number, value, bytes } of readFields(spec, where)) {
    if (number === 2 && bytes !== undefined) charsmap = bytes.slice()
    else if (number === 3) addDummyPrefix = value !== 0
    else if (number === 4) removeExtraSpaces = value !== 0
    else if (number === 5) escapeSpaces = value !== 0
  }
  return { charsmap, addDummyPrefix, removeExtraSpaces, escapeSpaces }
}

function readPiece(content: Uint8Array, id: number): Piece {
  const where = `pieces[${id}]`
  let name: string | undefined
  let score = 0
  let type = 1
  for (const { number, value, bytes } of readFields(content, where)) {
    if (number === 1 && bytes !== undefined) name = text(bytes, where)
    else if (number === 2 && bytes?.length === 4) {
      score = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true)
    } else if (number === 3) type = value
  }
  if (name === undefined || name === '') return fail(where, 'a text', name ?? null)
  if (name.length > MAX_PIECE) fail(where, `at most ${MAX_PIECE} characters`, name.length)
  if (!Number.isFinite(score)) fail(`${where}.score`, 'a finite number', String(score))
  return {
    text: name,
    score,
    type: PIECE_TYPES[type - 1] ?? fail(`${where}.type`, '1 to 6', type),
  }
}

function text(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return fail(where, 'UTF-8', 'other bytes')
  }
}

/** What SentencePiece asks of a model before it works. */
function checkPieces(pieces: readonly Piece[], byteFallback: boolean): void {
  const normal = new Set<string>()
  const reserved = new Set<string>()
  let unknown = 0
  pieces.forEach(({ text, type }, id) => {
    const names = isFromText(type) ? normal : reserved
    if (text !== NO_PIECE && names.has(text)) fail(`pieces[${id}]`, 'each piece once', text)
    names.add(text)
    if (type === 'unknown') unknown++
    if (type === 'byte' && !byteFallback)
      fail(`pieces[${id}]`, 'no byte without byte_fallback', text)
  })
  if (unknown > 1 || (unknown === 0 && !byteFallback)) fail('pieces', 'one unknown piece', unknown)
  if (!byteFallback) return
  const bytes = pieces.filter(({ type }) => type === 'byte')
  const names = new Set(bytes.map(({ text }) => text))
  for (let byte = 0; byte < 256; byte++) {
    if (!names.has(bytePiece(byte)))
      fail('pieces', 'a piece for each of the 256 bytes', `none for ${byte}`)
  }
  if (bytes.length > 256) fail('pieces', '256 bytes', bytes.length)
}
