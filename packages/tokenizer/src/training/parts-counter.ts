import type { PartJson } from '../hugging-face/format.js'
import { readNormalizer } from '../hugging-face/read-normalizer.js'
import { readPreTokenizer } from '../hugging-face/read-pre-tokenizer.js'
import { cutText } from '../pipeline/cut-text.js'
import { isPair, utf8Length } from '../utf8.js'
import type { PieceCounter } from './piece-counter.js'
import { PieceTable } from './piece-table.js'

/** The parts of a pipeline that decide what pieces are, as they stand in a tokenizer.json. */
export interface Parts {
  readonly normalizer: PartJson | null
  readonly preTokenizer: PartJson | null
}

/** Counts the pieces that a normalizer and a pre-tokenizer leave. */
export function partsCounter(parts: Parts): PieceCounter {
  const normalizer = readNormalizer(parts.normalizer)
  const steps = readPreTokenizer(parts.preTokenizer)?.steps ?? []
  const table = new PieceTable()
  const utf8 = new TextEncoder()
  let buffer = new Uint8Array(256)

  function count(piece: string): void {
    if (piece.length * 3 > buffer.length) buffer = new Uint8Array(piece.length * 6)
    table.add(buffer, 0, utf8.encodeInto(piece, buffer).written)
  }

  return {
    add(text) {
      cutText(steps, normalizer?.apply(text) ?? text, true, count)
      return utf8Bytes(text)
    },
    counts: () => table.counts(),
  }
}

function utf8Bytes(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i += isPair(text, i) ? 2 : 1) bytes += utf8Length(text, i)
  return bytes
}
