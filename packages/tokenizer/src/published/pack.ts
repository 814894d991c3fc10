import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'
import { classWidths } from './class-widths.js'
import { CLASSES, idClasses } from './packed-parts.js'

/**
 * A vocabulary in few bytes, for `packedVocabulary`: the number of merges in three bytes and the width in bits of each of 16
 * classes of ids, which follow one another from id 0 on; the 256 bytes in the order of their ids, which are the first; then
 * the two parts of each further token in the order of their ids, each as four bits for its class and as many as that has for
 * its place there, from the lowest bit on. `from` leaves out that many merges and the bytes, for a vocabulary that begins
 * like another. Part of the build.
 *
 * @throws RangeError when a token is neither a byte, nor made by a merge, nor special
 */
export function packVocabulary(vocabulary: BpeVocabulary, from = 0): Uint8Array {
  checkIds(vocabulary)
  const left = vocabulary.left.subarray(from)
  const right = vocabulary.right.subarray(from)
  const size = left.length
  const widths = classWidths([...left, ...right], CLASSES)
  const out = [size & 0xff, (size >> 8) & 0xff, size >> 16, ...widths]
  if (from === 0) {
    const bytes = new Uint8Array(256)
    byteIds(vocabulary).forEach((id, byte) => {
      bytes[id] = byte
    })
    out.push(...bytes)
  }
  const classes = idClasses(widths)
  let held = 0
  let bits = 0
  const put = (value: number, width: number): void => {
    held |= value << bits
    for (bits += width; bits >= 8; bits -= 8) {
      out.push(held & 0xff)
      held >>>= 8
    }
  }
  for (let i = 0; i < size; i++) {
    for (const id of [left[i] as number, right[i] as number]) {
      const kind = classes.findIndex(({ first, width }) => id < first + 2 ** width)
      put(kind, 4)
      put(id - (classes[kind]?.first ?? 0), classes[kind]?.width ?? 0)
    }
  }
  if (bits > 0) out.push(held)
  return Uint8Array.from(out)
}

function checkIds(vocabulary: BpeVocabulary): void {
  const { product, tokens, specialTokens } = vocabulary
  const special = new Set(specialTokens.values())
  byteIds(vocabulary).forEach((id) => {
    if (id < 0 || id > 255) refuse(id)
  })
  let rank = 0
  for (let id = 256; rank < product.length; id++) {
    if (special.has(id)) continue
    if (product[rank++] !== id) refuse(id)
  }
  for (let id = (product.at(-1) ?? 255) + 1; id < tokens.size; id++) {
    if (tokens.offsets[id] !== tokens.offsets[id + 1] && !special.has(id)) refuse(id)
  }
}

function refuse(id: number): never {
  throw new RangeError(
    `packVocabulary: expected bytes, then one merge per id, got another id ${id}`,
  )
}
