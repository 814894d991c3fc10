import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'

/**
 * A vocabulary as few bytes, for `unpackVocabulary`: the 256 bytes in the order of their ids, which are the first, then the two
 * parts of each further token in the order of their ids, each in as many bits as the ids before it need. `from` leaves out
 * that many merges and the bytes, for a vocabulary that begins like another. Part of the build.
 *
 * @throws RangeError when a token is neither a byte, nor made by a merge, nor special
 */
export function packVocabulary(vocabulary: BpeVocabulary, from = 0): Uint8Array {
  const { left, right, product, tokens, specialTokens } = vocabulary
  const special = new Set(specialTokens.values())
  const out: number[] = []
  let held = 0
  let bits = 0
  const put = (value: number, width: number): void => {
    for (let i = width - 1; i >= 0; i--) {
      held = (held << 1) | ((value >> i) & 1)
      if (++bits === 8) {
        out.push(held)
        held = 0
        bits = 0
      }
    }
  }
  if (from === 0) {
    const byteOf = new Map(Array.from(byteIds(vocabulary), (id, byte) => [id, byte]))
    for (let id = 0; id < 256; id++) put(byteOf.get(id) ?? refuse(id), 8)
  }
  let rank = 0
  for (let id = 256; rank < product.length; id++) {
    if (special.has(id)) continue
    if (product[rank] !== id) refuse(id)
    const width = 32 - Math.clz32(id - 1)
    if (rank >= from) {
      put(left[rank] as number, width)
      put(right[rank] as number, width)
    }
    rank++
  }
  for (let id = (product.at(-1) ?? 255) + 1; id < tokens.size; id++) {
    if (tokens.offsets[id] !== tokens.offsets[id + 1] && !special.has(id)) refuse(id)
  }
  if (bits > 0) put(0, 8 - bits)
  return Uint8Array.from(out)
}

function refuse(id: number): never {
  throw new RangeError(
    `packVocabulary: expected bytes, then one merge per id, got another id ${id}`,
  )
}
