import type { IdBuffer } from '../id-buffer.js'
import { type Kernel, startKernel } from '../kernel/kernel.js'
import { IDS } from '../kernel/layout.js'
import { bpeEncoder } from './encoder.js'
import { kernelCut } from './kernel-cut.js'
import { KernelWindow } from './kernel-window.js'
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
  const window = new KernelWindow(kernel)
  let twin: ReturnType<typeof bpeEncoder> | undefined

  return (text, out, limit = Number.POSITIVE_INFINITY) => {
    window.open(text)
    for (;;) {
      window.fill((limit - out.length) * 4)
      const count = cut(window.end, window.last)
      encodePieces(count, out)
      if (window.last) return
      if (out.length > limit) {
        window.close()
        return
      }
      const rest = window.keep(count)
      if (rest === undefined) continue
      // A piece as long as the window: the twin has one that grows.
      twin ??= bpeEncoder(vocabulary, TWIN_LIMITS)
      twin(rest, out, limit)
      return
    }
  }

  function encodePieces(count: number, out: IdBuffer): void {
    const ids = kernel.call('encodePieces', count)
    out.reserve(ids)
    out.array.set(kernel.words.subarray(IDS >> 2, (IDS >> 2) + ids), out.length)
    out.length += ids
  }
}
