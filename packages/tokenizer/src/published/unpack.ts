import type { BpeVocabulary } from '../bpe/vocabulary.js'
import type { TiktokenSettings } from '../formats/tiktoken.js'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * The vocabulary that `packVocabulary` packed, from base64. Several parts go on one after the other.
 * The texts come from our own build and are not checked.
 *
 * One loop over all of it, as it runs once, before the engine has compiled much: that is most of the time a tokenizer needs
 * to load.
 */
export function unpackVocabulary(
  parts: readonly string[],
  { pattern, specialTokens }: TiktokenSettings,
): BpeVocabulary {
  const values = new Uint8Array(128)
  for (let i = 0; i < 64; i++) values[letters.charCodeAt(i)] = i
  const names = specialNames(specialTokens)
  // At least sixteen bits a merge; pages that are never touched cost nothing.
  const most = parts.reduce((sum, part) => sum + part.length, 0) * (6 / 16) + 256
  const left = new Int32Array(most)
  const right = new Int32Array(most)
  const product = new Int32Array(most)
  const offsets = new Uint32Array(most + (names.at(-1)?.id ?? 0) + 2)
  let bytes = new Uint8Array(most * 4)
  let count = 0
  let id = 0
  let end = 0
  let special = 0
  let nextSpecial = names[0]?.id ?? -1

  for (const part of parts) {
    let rest = part.length * 6 - (part.endsWith('==') ? 16 : part.endsWith('=') ? 8 : 0)
    let at = 0
    let held = 0
    let bits = 0
    for (; id < 256; id++) {
      while (bits < 8) {
        held = (held << 6) | (values[part.charCodeAt(at++)] as number)
        bits += 6
      }
      bits -= 8
      bytes[end++] = held >> bits
      held &= (1 << bits) - 1
      offsets[id + 1] = end
      rest -= 8
    }
    let width = 32 - Math.clz32(id - 1)
    for (;;) {
      if (id === nextSpecial) {
        const { name } = names[special] as SpecialName
        bytes.set(name, end)
        end += name.length
        offsets[++id] = end
        nextSpecial = names[++special]?.id ?? -1
        continue
      }
      if (id - 1 >= 1 << width) width++
      rest -= 2 * width
      if (rest < 0) break
      while (bits < width) {
        held = (held << 6) | (values[part.charCodeAt(at++)] as number)
        bits += 6
      }
      bits -= width
      const a = held >>> bits
      held &= (1 << bits) - 1
      while (bits < width) {
        held = (held << 6) | (values[part.charCodeAt(at++)] as number)
        bits += 6
      }
      bits -= width
      const b = held >>> bits
      held &= (1 << bits) - 1
      left[count] = a
      right[count] = b
      product[count++] = id
      const endA = offsets[a + 1] as number
      const endB = offsets[b + 1] as number
      // No token and no name of a special one is that long.
      if (end + 1024 > bytes.length) bytes = larger(bytes)
      for (let i = offsets[a] as number; i < endA; i++) bytes[end++] = bytes[i] as number
      for (let i = offsets[b] as number; i < endB; i++) bytes[end++] = bytes[i] as number
      offsets[++id] = end
    }
  }
  for (const { id: at, name } of names.slice(special)) {
    offsets.fill(end, id + 1, at + 1)
    bytes.set(name, end)
    end += name.length
    id = at + 1
    offsets[id] = end
  }
  return {
    pattern,
    tokens: { bytes: bytes.slice(0, end), offsets: offsets.slice(0, id + 1), size: id },
    specialTokens,
    left: left.slice(0, count),
    right: right.slice(0, count),
    product: product.slice(0, count),
    ignoreMerges: false,
  }
}

interface SpecialName {
  readonly id: number
  readonly name: Uint8Array
}

/** In the order of their ids; the first of those that share one. */
function specialNames(specialTokens: ReadonlyMap<string, number>): SpecialName[] {
  const utf8 = new TextEncoder()
  const names = new Map<number, Uint8Array>()
  for (const [name, id] of specialTokens) if (!names.has(id)) names.set(id, utf8.encode(name))
  return Array.from(names, ([id, name]) => ({ id, name })).sort((a, b) => a.id - b.id)
}

function larger(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length * 2)
  out.set(bytes)
  return out
}
