import type { IdBuffer } from '../id-buffer.js'
import { patternOf } from '../patterns/rule.js'
import { Utf8Window } from '../utf8-window.js'
import { mergePiece } from './merge-piece.js'
import { MergeTable } from './merge-table.js'
import { type CacheLimits, PieceCache, SHORT } from './piece-cache.js'
import { TokenIndex } from './token-index.js'
import { type BpeVocabulary, byteIds } from './vocabulary.js'

/** What is left of the n-th of four words of a piece, by the piece's length. */
const masks = /* @__PURE__ */ [0, 4, 8, 12].map((from) =>
  Int32Array.from({ length: SHORT + 1 }, (_, length) => {
    const bytes = length - from
    return bytes <= 0 ? 0 : bytes >= 4 ? -1 : (1 << (8 * bytes)) - 1
  }),
) as [Int32Array, Int32Array, Int32Array, Int32Array]

/**
 * Makes the function that appends the ids of ordinary text to a buffer: cut into pieces, look each up among those
 * seen before, else merge. It stops soon after the buffer holds more than `limit` ids. `limits` bound what
 * it remembers. Its slow twin is `encodeReference`.
 */
export function bpeEncoder(
  vocabulary: BpeVocabulary,
  limits?: CacheLimits,
): (text: string, out: IdBuffer, limit?: number) => void {
  const { next } = patternOf(vocabulary.pattern)
  const table = new MergeTable(vocabulary.left, vocabulary.right, vocabulary.product)
  const bytesToIds = byteIds(vocabulary)
  const cache = new PieceCache(limits)
  const window = new Utf8Window()
  let whole: TokenIndex | undefined
  const [m0, m1, m2, m3] = masks

  return (text, out, limit = Number.POSITIVE_INFINITY) => {
    // A limit of ids is about four times as many bytes: little is encoded beyond it.
    window.open(text, (limit - out.length) * 4)
    let p = encodeWindow(out)
    while (out.length <= limit && window.advance(p, (limit - out.length) * 4)) p = encodeWindow(out)
    window.close()
  }

  /** Appends the ids of all pieces that surely end inside the window; returns where they end. */
  function encodeWindow(out: IdBuffer): number {
    const { bytes, view, end, last } = window
    let p = 0
    // No piece has more ids than bytes.
    out.reserve(end)
    const ids = out.array
    let o = out.length
    while (p < end) {
      const q = next(bytes, p, end, last)
      if (q < 0) break
      const length = q - p
      if (length <= SHORT) {
        const k0 = view.getInt32(p, true) & (m0[length] as number)
        const k1 = view.getInt32(p + 4, true) & (m1[length] as number)
        const k2 = view.getInt32(p + 8, true) & (m2[length] as number)
        const k3 = view.getInt32(p + 12, true) & (m3[length] as number)
        const slot = cache.find(k0, k1, k2, k3, length)
        const slots = cache.slots
        if (slots[slot + 4] === 0) {
          const count = merge(bytes, p, length, ids, o)
          cache.add(slot, k0, k1, k2, k3, length, ids, o, count)
          o += count
        } else {
          const count = slots[slot + 5] as number
          const first = slots[slot + 6] as number
          if (count === 1) ids[o++] = first
          else if (count === 2) {
            ids[o++] = first
            ids[o++] = slots[slot + 7] as number
          } else {
            const kept = cache.ids
            for (let i = 0; i < count; i++) ids[o++] = kept[first + i] as number
          }
        }
      } else {
        let count = cache.copyLong(bytes, p, q, ids, o)
        if (count === 0) {
          count = merge(bytes, p, length, ids, o)
          cache.addLong(bytes, p, q, ids, o, count)
        }
        o += count
      }
      p = q
    }
    out.length = o
    return p
  }

  function merge(
    bytes: Uint8Array,
    start: number,
    length: number,
    ids: Uint32Array,
    at: number,
  ): number {
    for (let i = 0; i < length; i++) ids[at + i] = bytesToIds[bytes[start + i] as number] as number
    const count = mergePiece(table, ids, at, length)
    if (!vocabulary.ignoreMerges || count === 1) return count
    whole ??= new TokenIndex(vocabulary.tokens, vocabulary.specialTokens)
    const id = whole.find(bytes, start, start + length)
    if (id < 0) return count
    ids[at] = id
    return 1
  }
}
