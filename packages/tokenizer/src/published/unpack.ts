import type { BpeVocabulary } from '../bpe/vocabulary.js'
import type { TiktokenSettings } from '../formats/tiktoken.js'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * The vocabulary that `packVocabulary` packed, from base64. Several parts go on one after the other.
 * The texts come from our own build and are not checked.
 */
export function unpackVocabulary(
  parts: readonly string[],
  { pattern, specialTokens }: TiktokenSettings,
): BpeVocabulary {
  const special = new Set(specialTokens.values())
  const ids = productIds(parts, special)
  const count = ids.reduce((sum, { length }) => sum + length, 0)
  const left = new Int32Array(count)
  const right = new Int32Array(count)
  const product = new Int32Array(count)
  const last = ids.at(-1)?.at(-1) ?? 255
  const size = Math.max(last, ...special) + 1
  const lengths = new Int32Array(size).fill(1, 0, 256)
  const singles = new Uint8Array(256)
  let rank = 0
  parts.forEach((part, i) => {
    const read = bitReader(part)
    if (i === 0) for (let id = 0; id < 256; id++) singles[id] = read(8)
    for (const id of ids[i] as readonly number[]) {
      const width = widthBelow(id)
      const a = read(width)
      const b = read(width)
      left[rank] = a
      right[rank] = b
      product[rank++] = id
      lengths[id] = (lengths[a] as number) + (lengths[b] as number)
    }
  })
  const utf8 = new TextEncoder()
  const names = new Map<number, Uint8Array>()
  for (const [name, id] of specialTokens) if (!names.has(id)) names.set(id, utf8.encode(name))
  for (const [id, name] of names) lengths[id] = name.length

  const offsets = new Uint32Array(size + 1)
  for (let id = 0; id < size; id++) {
    offsets[id + 1] = (offsets[id] as number) + (lengths[id] as number)
  }
  const bytes = new Uint8Array(offsets[size] as number)
  bytes.set(singles)
  for (const [id, name] of names) bytes.set(name, offsets[id])
  for (let i = 0; i < count; i++) {
    let at = offsets[product[i] as number] as number
    at = copy(left[i] as number, at)
    copy(right[i] as number, at)
  }
  return {
    pattern,
    tokens: { bytes, offsets, size },
    specialTokens,
    left,
    right,
    product,
    ignoreMerges: false,
  }

  function copy(id: number, to: number): number {
    let at = to
    const end = offsets[id + 1] as number
    for (let i = offsets[id] as number; i < end; i++) bytes[at++] = bytes[i] as number
    return at
  }
}

/** The ids that the merges of each part make: as many as there are bits for, special ones left out. */
function productIds(parts: readonly string[], special: ReadonlySet<number>): number[][] {
  let id = 255
  return parts.map((part, i) => {
    let bits = byteLength(part) * 8 - (i === 0 ? 2048 : 0)
    const ids: number[] = []
    for (;;) {
      let next = id + 1
      while (special.has(next)) next++
      bits -= 2 * widthBelow(next)
      if (bits < 0) return ids
      ids.push(next)
      id = next
    }
  })
}

function byteLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}

/** How many bits the ids below `id` need. */
function widthBelow(id: number): number {
  return 32 - Math.clz32(id - 1)
}

/** Reads numbers of up to 24 bits from base64, the high bits first. */
function bitReader(base64: string): (width: number) => number {
  const values = new Uint8Array(128)
  for (let i = 0; i < 64; i++) values[letters.charCodeAt(i)] = i
  let at = 0
  let held = 0
  let bits = 0
  return (width) => {
    while (bits < width) {
      held = (held << 6) | (values[base64.charCodeAt(at++)] as number)
      bits += 6
    }
    bits -= width
    const value = held >>> bits
    held &= (1 << bits) - 1
    return value
  }
}
