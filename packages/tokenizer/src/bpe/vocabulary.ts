import type { Instance } from '../kernel/instance.js'
import type { PatternRule } from '../patterns/rule.js'
import type { TokenTable } from '../token-table.js'

/** Ids fit in 21 bits with room to spare: the largest vocabularies in use have 262,144. */
export const MAX_VOCABULARY: number = 1 << 21

/** Everything that defines a byte-level BPE tokenizer. Merge `r` turns `left[r]`, `right[r]` into `product[r]`; lower goes first. */
export interface BpeVocabulary {
  /** How text is cut into pieces before any merging. */
  readonly pattern: PatternRule
  /** Bytes by id, special tokens' names among them; none for an id that stands for nothing. */
  readonly tokens: TokenTable
  readonly specialTokens: ReadonlyMap<string, number>
  readonly left: Int32Array
  readonly right: Int32Array
  readonly product: Int32Array
  /** A piece that is a token as a whole is that token, whatever the merges make of it. */
  readonly ignoreMerges: boolean
  /** The merges once more, for the kernel. Where they are here, the others are unpacked when they are read. */
  readonly packed?: PackedMerges
}

/** Merges in a form that a kernel unpacks by itself. */
export interface PackedMerges {
  /** The id of each byte. */
  readonly byteIds: Int32Array
  readonly size: number
  /** Has a kernel write the ids that they make. */
  readonly writeProducts: (kernel: Instance, at: number) => void
  /** Has a kernel put them into its table, before it remembers anything. */
  readonly addTo: (kernel: Instance) => void
}

/**
 * The id of each of the 256 bytes; -1 for one that the vocabulary lacks. The lowest where several tokens are the same byte, as an
 * added token can be, which text does not produce by way of merges.
 */
export function byteIds(vocabulary: Pick<BpeVocabulary, 'tokens' | 'specialTokens'>): Int32Array {
  const ids = new Int32Array(256).fill(-1)
  const special = new Set(vocabulary.specialTokens.values())
  const { bytes, offsets, size } = vocabulary.tokens
  for (let id = 0; id < size; id++) {
    const start = offsets[id] as number
    const byte = bytes[start] as number
    if ((offsets[id + 1] as number) - start === 1 && !special.has(id) && ids[byte] === -1)
      ids[byte] = id
  }
  return ids
}
