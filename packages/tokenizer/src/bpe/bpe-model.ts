import { bpeToJson } from '../hugging-face/write-bpe.js'
import type { TokenModel } from '../model.js'
import type { TokenTable } from '../token-table.js'
import { bpeEncoder } from './encoder.js'
import { kernelEncoder } from './kernel-encoder.js'
import { mergePiece } from './merge-piece.js'
import { MergeTable } from './merge-table.js'
import { type PieceEncoder, pieceEncoder } from './piece-encoder.js'
import { type BpeVocabulary, byteIds } from './vocabulary.js'

/** After so many UTF-16 units of text, starting the kernel pays. */
const KERNEL_AFTER = 4096
/** With so many merges it pays at once: the tables of its twin take longer to make. */
const MANY_MERGES = 8192

/** Byte-level BPE as a `TokenModel`. The encoder's tables are made on first use. */
export function bpeModel(vocabulary: BpeVocabulary): TokenModel {
  let encode: ReturnType<typeof bpeEncoder> | undefined
  /** Units encoded; -1 once it is settled what encodes. */
  let units = 0
  const merges = vocabulary.packed?.size ?? vocabulary.left.length
  let unused: ReadonlySet<number> | undefined
  let rarely: PieceEncoder | undefined
  const pieces = (): PieceEncoder => (rarely ??= pieceEncoder(vocabulary))
  return {
    kind: 'bpe',
    tokens: vocabulary.tokens,
    specialTokens: vocabulary.specialTokens,
    get unusedIds() {
      unused ??= unusedIds(vocabulary.tokens)
      return unused
    },
    hasDropout: true,
    encode(text, out, options) {
      if (options?.dropout) pieces().encodeWithDropout(text, out, options.dropout)
      else {
        if (units >= 0) {
          units += text.length
          if (units > KERNEL_AFTER || merges >= MANY_MERGES) {
            encode = kernelEncoder(vocabulary) ?? encode
            units = -1
          }
          encode ??= bpeEncoder(vocabulary)
        }
        encode?.(text, out, options?.limit)
      }
    },
    encodeBytes(bytes, out) {
      pieces().encodeBytes(bytes, out)
    },
    rules: () => ({
      pattern: vocabulary.pattern,
      left: Array.from(vocabulary.left),
      right: Array.from(vocabulary.right),
      product: Array.from(vocabulary.product),
      // Only where it decides ids: files for the same tokens say it or leave it out.
      ...(vocabulary.ignoreMerges && !mergesSuffice(vocabulary) ? { ignoreMerges: true } : {}),
    }),
    toJSON: () => bpeToJson(vocabulary),
  }
}

function unusedIds({ offsets, size }: TokenTable): ReadonlySet<number> {
  const ids = new Set<number>()
  for (let id = 0; id < size; id++) if (offsets[id] === offsets[id + 1]) ids.add(id)
  return ids
}

/** Whether the merges alone make every token out of its bytes, so that it makes no difference to ignore them. */
function mergesSuffice(vocabulary: BpeVocabulary): boolean {
  const { bytes, offsets, size } = vocabulary.tokens
  const table = new MergeTable(vocabulary.left, vocabulary.right, vocabulary.product)
  const bytesToIds = byteIds(vocabulary)
  const special = new Set(vocabulary.specialTokens.values())
  for (let id = 0; id < size; id++) {
    const token = bytes.subarray(offsets[id], offsets[id + 1])
    if (token.length < 2 || special.has(id)) continue
    const ids = Uint32Array.from(token, (byte) => bytesToIds[byte] as number)
    if (mergePiece(table, ids, 0, ids.length) > 1) return false
  }
  return true
}
