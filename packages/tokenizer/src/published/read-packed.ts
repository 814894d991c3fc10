import { decodeBase64 } from '../formats/base64.js'
import { HEAD, type IdRun, idClasses, type PackedPart, type PackedParts } from './packed-parts.js'

/** Reads what stands in front of the pairs. The texts come from our own build and are not checked. */
export function readPacked(texts: readonly string[], special: Iterable<number>): PackedParts {
  const heads = texts.map((text, i) => headBytes(text, i === 0 ? HEAD + 256 : HEAD))
  const parts = texts.map((text, i): PackedPart => {
    const head = heads[i] as Uint8Array
    const [low = 0, middle = 0, high = 0] = head
    const size = low | (middle << 8) | (high << 16)
    return { text, start: head.length, size, classes: idClasses(head.subarray(3, HEAD)) }
  })
  const byteIds = new Int32Array(256)
  heads[0]?.subarray(HEAD).forEach((byte, id) => {
    byteIds[byte] = id
  })
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  return { parts, byteIds, runs: runsBetween(special, size), size }
}

function headBytes(text: string, length: number): Uint8Array {
  const utf8 = new TextEncoder().encode(text.slice(0, Math.ceil(length / 3) * 4))
  const bytes = new Uint8Array(utf8.length)
  decodeBase64(utf8, 0, utf8.length, bytes, 0)
  return bytes.subarray(0, length)
}

/** The ids of so many merges, which skip those of special tokens. */
function runsBetween(special: Iterable<number>, size: number): IdRun[] {
  const runs: IdRun[] = []
  let rank = 0
  let id = 256
  for (const taken of [...special].sort((a, b) => a - b)) {
    const count = Math.min(taken - id, size - rank)
    if (count > 0) runs.push({ rank, id, count })
    if (count >= 0) id = taken + 1
    rank += Math.max(count, 0)
  }
  if (rank < size) runs.push({ rank, id, count: size - rank })
  return runs
}
