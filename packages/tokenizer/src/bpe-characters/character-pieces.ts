import { mergePiece } from '../bpe/merge-piece.js'
import { MergeTable } from '../bpe/merge-table.js'
import { IdBuffer } from '../id-buffer.js'
import type { Dropout } from '../model.js'
import type { PieceModel } from '../pipeline/piece-model.js'
import { firstSymbols } from './first-symbols.js'
import type { CharacterVocabulary } from './vocabulary.js'
import { WordCache } from './word-cache.js'
import { cutsBeforeSpace, nextWord } from './words.js'

/**
 * BPE on characters: a piece becomes its characters, or what stands for them, and these are merged, best rank first and
 * leftmost among equals. Long pieces take O(n log n). Its slow twin is `encodeCharactersReference`.
 *
 * "Neural Machine Translation of Rare Words with Subword Units" (Sennrich et al., 2016), with byte fallback as in
 * SentencePiece.
 */
export function characterPieces(vocabulary: CharacterVocabulary): PieceModel {
  const { ids, ignoreMerges } = vocabulary
  const table = new MergeTable(vocabulary.left, vocabulary.right, vocabulary.product)
  const symbols = firstSymbols(vocabulary)
  const cuts = cutsBeforeSpace(vocabulary)
  const cache = new WordCache()
  const spansOfSymbols = new IdBuffer()
  let sizes: Int32Array | undefined

  return {
    encode(piece, out, spans, dropout) {
      const whole = ignoreMerges && dropout === undefined ? ids.get(piece) : undefined
      if (whole !== undefined) {
        out.push(whole)
        spans?.push(0)
        spans?.push(piece.length)
      } else if (spans !== undefined) encodeSpans(piece, out, spans, dropout)
      else if (dropout !== undefined) mergeFresh(piece, out, undefined, dropout)
      else if (!cuts) encodeWord(piece, out)
      else {
        for (let start = 0; start < piece.length; ) {
          const end = nextWord(piece, start)
          encodeWord(piece.slice(start, end), out)
          start = end
        }
      }
    },
  }

  function encodeWord(word: string, out: IdBuffer): void {
    if (cache.copy(word, out)) return
    const from = out.length
    mergeFresh(word, out)
    cache.add(word, out, from)
  }

  function mergeFresh(word: string, out: IdBuffer, spans?: IdBuffer, dropout?: Dropout): void {
    const from = out.length
    symbols(word, out, spans)
    const count = out.length - from
    out.length = from + mergePiece(table, out.array, from, count, dropout)
  }

  function encodeSpans(piece: string, out: IdBuffer, spans: IdBuffer, dropout?: Dropout): void {
    const from = out.length
    spansOfSymbols.clear()
    mergeFresh(piece, out, spansOfSymbols, dropout)
    sizes ??= symbolsPerToken(vocabulary)
    let symbol = 0
    for (let i = from; i < out.length; i++) {
      const last = symbol + (sizes[out.array[i] as number] ?? 1) - 1
      spans.push(spansOfSymbols.array[2 * symbol] as number)
      spans.push(spansOfSymbols.array[2 * last + 1] as number)
      symbol = last + 1
    }
  }
}

/** Of how many first symbols each token is made. */
function symbolsPerToken({ ids, left, right, product }: CharacterVocabulary): Int32Array {
  const lengths = new Map([...ids].map(([name, id]) => [id, name.length]))
  const length = (rank: number): number => lengths.get(product[rank] as number) ?? 0
  const largest = product.reduce((a, b) => Math.max(a, b), 0)
  const sizes = new Int32Array(largest + 1).fill(1)
  const sizeOf = (id: number): number => sizes[id] ?? 1
  // Shorter tokens first, as files may list a merge before those that make its parts.
  for (const rank of Array.from(product.keys()).sort((a, b) => length(a) - length(b))) {
    sizes[product[rank] as number] = sizeOf(left[rank] as number) + sizeOf(right[rank] as number)
  }
  return sizes
}
