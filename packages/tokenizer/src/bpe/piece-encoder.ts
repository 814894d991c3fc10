import type { IdBuffer } from '../id-buffer.js'
import type { Dropout } from '../model.js'
import { patternOf } from '../patterns/rule.js'
import { bytesOf } from '../token-table.js'
import { utf8End } from '../utf8.js'
import { mergePiece } from './merge-piece.js'
import { MergeTable } from './merge-table.js'
import { TokenIndex } from './token-index.js'
import { type BpeVocabulary, byteIds } from './vocabulary.js'

/** What a byte-level BPE does less often, piece by piece and without remembering any. */
export interface PieceEncoder {
  /** Appends the ids of a text, leaving out merges. */
  encodeWithDropout(text: string, out: IdBuffer, dropout: Dropout): void
  /**
   * Appends the ids of bytes that are not UTF-8, as tiktoken does: the text that they begin with is cut by the pattern, and
   * its last piece, with white space before it if it is white space, makes one piece with all that follows.
   */
  encodeBytes(bytes: Uint8Array, out: IdBuffer): void
}

/** Makes the encoder. */
export function pieceEncoder(vocabulary: BpeVocabulary): PieceEncoder {
  const { next } = patternOf(vocabulary.pattern)
  const table = new MergeTable(vocabulary.left, vocabulary.right, vocabulary.product)
  const bytesToIds = byteIds(vocabulary)
  const whole = vocabulary.ignoreMerges
    ? new TokenIndex(vocabulary.tokens, vocabulary.specialTokens)
    : undefined

  /** Appends the ids of one piece: `bytes[start]` up to `bytes[end]`. */
  function encodePiece(
    bytes: Uint8Array,
    start: number,
    end: number,
    out: IdBuffer,
    dropout?: Dropout,
  ): void {
    const id = dropout ? -1 : (whole?.find(bytes, start, end) ?? -1)
    if (id >= 0) {
      out.push(id)
      return
    }
    const length = end - start
    out.reserve(length)
    for (let i = 0; i < length; i++) {
      out.array[out.length + i] = bytesToIds[bytes[start + i] as number] as number
    }
    out.length += mergePiece(table, out.array, out.length, length, dropout)
  }

  return {
    encodeWithDropout(text, out, dropout) {
      const bytes = new TextEncoder().encode(text)
      for (let p = 0; p < bytes.length; ) {
        const q = next(bytes, p, bytes.length, true)
        encodePiece(bytes, p, q, out, dropout)
        p = q
      }
    },
    encodeBytes(bytes, out) {
      const valid = utf8End(bytes, 0)
      const from = out.length
      let last = from
      for (let p = 0; p < valid; ) {
        const q = next(bytes, p, valid, true)
        last = out.length
        encodePiece(bytes, p, q, out)
        p = q
      }
      if (out.length > last && isWhite(out.array[last] as number)) {
        while (last > from && isWhite(out.array[last - 1] as number)) last--
      }
      let start = valid
      for (let i = last; i < out.length; i++) start -= lengthOf(out.array[i] as number)
      out.length = last
      encodePiece(bytes, start, bytes.length, out)
    },
  }

  function lengthOf(id: number): number {
    const { offsets } = vocabulary.tokens
    return (offsets[id + 1] as number) - (offsets[id] as number)
  }

  /** Nothing but spaces, line feeds and tabs. */
  function isWhite(id: number): boolean {
    return bytesOf(vocabulary.tokens, id).every((b) => b === 0x20 || b === 0x0a || b === 0x09)
  }
}
