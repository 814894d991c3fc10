import type { IdBuffer } from '../id-buffer.js'
import type { ModelPart } from '../pipeline/model-part.js'
import { bytePiece } from '../sentencepiece/model-file.js'
import { LONGEST_WORD, WordCache } from '../sentencepiece/word-cache.js'
import { PieceTrie } from './piece-trie.js'
import { type UnigramPieces, Viterbi, widthAt } from './viterbi.js'

/** A Unigram model as Hugging Face's tokenizers has it. */
export interface UnigramVocabulary {
  /** Pieces and their scores, in the order of the ids. */
  readonly pieces: readonly (readonly [string, number])[]
  /** Pieces that text must not produce, by name. */
  readonly specialTokens: ReadonlyMap<string, number>
  /** Stands for characters that are no piece; without it they are an error. */
  readonly unknownId: number | null
  /** Unknown characters become the pieces `<0x00>` to `<0xFF>` of their bytes, where all of those are there. */
  readonly byteFallback: boolean
}

/** How far below the lowest score an unknown character is. */
const UNKNOWN_PENALTY = 10

/** The pieces of highest probability. Unknown characters in a row are one unknown piece. */
export function unigramPart(vocabulary: UnigramVocabulary): ModelPart {
  const { pieces, byteFallback } = vocabulary
  const unknownId = vocabulary.unknownId ?? -1
  // The search gives an id of its own to characters that are no piece: text may also spell out the unknown piece.
  const noPiece = pieces.length
  const lengths = Int32Array.from(pieces, ([text]) => text.length)
  const unknownText = pieces[unknownId]?.[0]
  const byteIds = byteFallback ? idsOfBytes(vocabulary) : undefined
  const utf8 = new TextEncoder()
  const cache = new WordCache()
  let viterbi: Viterbi | undefined
  let units = new Uint16Array(256)

  /** Unknown characters from `piece[from]` up to `piece[to]`. */
  function putUnknown(
    piece: string,
    from: number,
    to: number,
    out: IdBuffer,
    spans: IdBuffer | undefined,
  ): void {
    const text = piece.slice(from, to)
    const bytes = utf8.encode(text)
    const ids = byteIds === undefined ? [] : Array.from(bytes, (byte) => byteIds[byte] as number)
    if (byteIds === undefined || text === unknownText || ids.includes(-1)) {
      out.push(unknownId)
      spans?.push(from)
      spans?.push(to)
      return
    }
    let at = from
    let left = 0
    ids.forEach((id, i) => {
      if (left === 0) {
        at += i === 0 ? 0 : widthAt(units, at, to)
        left = utf8Length(units, at, to)
      }
      left--
      out.push(id)
      spans?.push(at)
      spans?.push(at + widthAt(units, at, to))
    })
  }

  return {
    kind: 'unigram',
    pieces: {
      encode(piece, out, spans) {
        const length = piece.length
        if (length > units.length || units.length > 1 << 20) {
          units = new Uint16Array(Math.max(256, 2 * length))
        }
        for (let i = 0; i < length; i++) units[i] = piece.charCodeAt(i)
        viterbi ??= new Viterbi(unigramPieces(vocabulary))
        let ids = cache.ids
        let first = 0
        let count = 0
        const word = length <= LONGEST_WORD ? cache.find(units, 0, length) : -1
        if (word >= 0) {
          first = cache.idStarts[word] as number
          count = (cache.idStarts[word + 1] as number) - first
        } else {
          viterbi.run(units, 0, length, 0)
          ids = viterbi.ids
          count = viterbi.count
          cache.add(units, 0, length, ids, count)
        }
        let at = 0
        let unknownFrom = -1
        for (let i = first; i < first + count; i++) {
          const id = ids[i] as number
          if (id === unknownId || id === noPiece) {
            if (unknownFrom < 0) unknownFrom = at
            at += id === noPiece ? widthAt(units, at, length) : (lengths[id] as number)
            continue
          }
          if (unknownFrom >= 0) putUnknown(piece, unknownFrom, at, out, spans)
          unknownFrom = -1
          out.push(id)
          spans?.push(at)
          at += lengths[id] as number
          spans?.push(at)
        }
        if (unknownFrom >= 0) putUnknown(piece, unknownFrom, at, out, spans)
      },
    },
    json: () => ({
      type: 'Unigram',
      unk_id: vocabulary.unknownId,
      vocab: pieces,
      byte_fallback: byteFallback,
    }),
  }
}

function unigramPieces({ pieces, specialTokens, unknownId }: UnigramVocabulary): UnigramPieces {
  const trie = new PieceTrie()
  pieces.forEach(([text], id) => {
    // A lone surrogate never stands in text.
    if (!specialTokens.has(text) && !/\p{Surrogate}/u.test(text)) trie.add(text, id)
  })
  const scores = Float64Array.from(pieces, ([, score]) => score)
  const lowest = scores.reduce((min, score) => Math.min(min, score), Number.POSITIVE_INFINITY)
  return {
    trie,
    scores,
    unknownId: unknownId === null ? -1 : pieces.length,
    unknownScore: lowest - UNKNOWN_PENALTY,
  }
}

/** The id of each byte's piece, -1 where there is none. */
function idsOfBytes({ pieces }: UnigramVocabulary): Int32Array {
  const ids = new Map(pieces.map(([text], id) => [text, id]))
  return Int32Array.from({ length: 256 }, (_, byte) => ids.get(bytePiece(byte)) ?? -1)
}

function utf8Length(units: Uint16Array, at: number, to: number): number {
  if (widthAt(units, at, to) === 2) return 4
  const unit = units[at] as number
  return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
}
