import type { BpeVocabulary } from '../bpe/vocabulary.js'
import type { TiktokenSettings } from '../formats/tiktoken.js'
import { addPacked, unpackInKernel, writePackedProducts } from '../kernel/unpack.js'
import { readPacked } from './read-packed.js'
import { unpack } from './unpack.js'

/** Merges and tokens of a packed vocabulary. */
export interface Unpacked {
  readonly left: Int32Array
  readonly right: Int32Array
  readonly product: Int32Array
  readonly bytes: Uint8Array
  readonly offsets: Uint32Array
}

/** The name of a special token in UTF-8; the first of those that share an id. */
export interface SpecialName {
  readonly id: number
  readonly name: Uint8Array
}

/**
 * The vocabulary that `packVocabulary` packed, from base64. Several texts go on one after the other. The kernel reads them as
 * they are; they are unpacked here when something else asks for merges or tokens.
 */
export function packedVocabulary(
  texts: readonly string[],
  { pattern, specialTokens }: TiktokenSettings,
): BpeVocabulary {
  const parts = readPacked(texts, specialTokens.values())
  const last = parts.runs.at(-1)
  let size = last === undefined ? 256 : last.id + last.count
  for (const id of specialTokens.values()) size = Math.max(size, id + 1)
  let made: Unpacked | undefined
  const unpacked = (): Unpacked => {
    if (made === undefined) {
      const names = specialNames(specialTokens)
      made = unpackInKernel(parts, names, size) ?? unpack(parts, names, size)
    }
    return made
  }
  return {
    pattern,
    specialTokens,
    ignoreMerges: false,
    packed: {
      byteIds: parts.byteIds,
      size: parts.size,
      writeProducts: (kernel, at) => writePackedProducts(kernel, parts.runs, at),
      addTo: (kernel) => addPacked(kernel, parts.parts),
    },
    tokens: {
      size,
      get bytes() {
        return unpacked().bytes
      },
      get offsets() {
        return unpacked().offsets
      },
    },
    get left() {
      return unpacked().left
    },
    get right() {
      return unpacked().right
    },
    get product() {
      return unpacked().product
    },
  }
}

function specialNames(specialTokens: ReadonlyMap<string, number>): SpecialName[] {
  const utf8 = new TextEncoder()
  const names = new Map<number, Uint8Array>()
  for (const [name, id] of specialTokens) if (!names.has(id)) names.set(id, utf8.encode(name))
  return Array.from(names, ([id, name]) => ({ id, name }))
}
