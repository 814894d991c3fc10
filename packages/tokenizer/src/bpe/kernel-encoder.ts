import type { IdBuffer } from '../id-buffer.js'
import { type Kernel, startKernel } from '../kernel/kernel.js'
import { IDS, STARTS, WINDOW, WINDOW_SIZE } from '../kernel/layout.js'
import { bpeEncoder } from './encoder.js'
import { kernelCut } from './kernel-cut.js'
import { type PieceEncoder, pieceEncoder } from './piece-encoder.js'
import type { BpeVocabulary } from './vocabulary.js'

/** The twin remembers little, about 2 MB: it is for texts with pieces longer than the window. */
const TWIN_LIMITS = { shortSlots: 1 << 14, longSlots: 1 << 12, longBytes: 1 << 18, ids: 1 << 17 }

/**
 * Makes the function that appends the ids of ordinary text to a buffer, in WebAssembly; null where that is not possible. It
 * stops soon after the buffer holds more than `limit` ids. Its slow twin is `bpeEncoder`.
 */
export function kernelEncoder(vocabulary: BpeVocabulary): ReturnType<typeof bpeEncoder> | null {
  const kernel = startKernel(vocabulary)
  return kernel === null ? null : encoder(kernel, vocabulary)
}

function encoder(kernel: Kernel, vocabulary: BpeVocabulary): ReturnType<typeof bpeEncoder> {
  const cut = kernelCut(kernel, vocabulary.pattern)
  const utf8 = new TextEncoder()
  let pieces: PieceEncoder | undefined
  let twin: ReturnType<typeof bpeEncoder> | undefined

  return (text, out, limit = Number.POSITIVE_INFINITY) => {
    let read = 0
    // Bytes of the window that are left from before.
    let kept = 0
    for (;;) {
      const wanted = Math.max(1024, Math.min((limit - out.length) * 4, WINDOW_SIZE))
      const room = Math.min(wanted + kept, WINDOW_SIZE) - kept
      // A surrogate pair that this cuts in two has no room left, and is read whole next time.
      const stop = Math.min(text.length, read + room)
      const chunk = read === 0 && stop === text.length ? text : text.slice(read, stop)
      const from = WINDOW + kept
      const done = utf8.encodeInto(chunk, kernel.bytes.subarray(from, from + room))
      read += done.read
      const end = kept + done.written
      const last = read === text.length
      const count = cut(end, last)
      encodePieces(count, out)
      if (last || out.length > limit) return
      const next = WINDOW + (kernel.words[(STARTS >> 2) + count] as number)
      kept = WINDOW + end - next
      if (kept > WINDOW_SIZE - 16) {
        // A piece as long as the window: the twin has one that grows.
        const rest = read - units(kernel.bytes, next, next + kept)
        twin ??= bpeEncoder(vocabulary, TWIN_LIMITS)
        twin(text.slice(rest), out, limit)
        return
      }
      kernel.bytes.copyWithin(WINDOW, next, next + kept)
    }
  }

  function encodePieces(count: number, out: IdBuffer): void {
    let piece = 0
    while (piece < count) {
      const ids = kernel.call('encodePieces', piece, count, kernel.mayGrow() ? 1 : 0)
      out.reserve(ids)
      out.array.set(kernel.words.subarray(IDS >> 2, (IDS >> 2) + ids), out.length)
      out.length += ids
      piece = kernel.call('stoppedAt')
      if (piece === count) return
      if (kernel.mayGrow() && kernel.call('isFull')) kernel.grow()
      else {
        pieces ??= pieceEncoder(vocabulary)
        const start = kernel.words[(STARTS >> 2) + piece] as number
        const end = kernel.words[(STARTS >> 2) + piece + 1] as number
        pieces.encodePiece(kernel.bytes, WINDOW + start, WINDOW + end, out)
        piece++
      }
    }
  }
}

/** UTF-16 units of UTF-8 bytes. */
function units(bytes: Uint8Array, from: number, end: number): number {
  let count = 0
  for (let p = from; p < end; p++) {
    const byte = bytes[p] as number
    if (byte < 0x80 || byte >= 0xc0) count += byte >= 0xf0 ? 2 : 1
  }
  return count
}
