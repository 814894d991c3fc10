import { WordCache } from '../bpe-characters/word-cache.js'
import type { IdBuffer } from '../id-buffer.js'
import type { PieceModel } from '../pipeline/piece-model.js'

export interface WordPieceVocabulary {
  /** Tokens and their ids, special tokens not among them. */
  readonly ids: ReadonlyMap<string, number>
  /** What a token that continues a word starts with. */
  readonly prefix: string
  /** Stands for a word that tokens cannot spell. */
  readonly unknownId: number
  /** Longer words are unknown, in code points. */
  readonly maxWordLength: number
}

/**
 * Takes the longest token that a word starts with, then the longest that continues it, and so on; where there is none
 * the whole word is unknown. From "Google's Neural Machine Translation System" (Wu et al., 2016), section 4.1, with the
 * greedy encoding of BERT.
 */
export function wordPiece(vocabulary: WordPieceVocabulary): PieceModel {
  const { ids, prefix, unknownId, maxWordLength } = vocabulary
  const cache = new WordCache()
  let longest = 0
  for (const name of ids.keys()) longest = Math.max(longest, name.length)

  /** Where the token that starts at `start` ends, or `start`. */
  function match(word: string, start: number, out: IdBuffer): number {
    for (let end = Math.min(word.length, start + longest); end > start; end--) {
      const part = word.slice(start, end)
      const id = ids.get(start === 0 ? part : prefix + part)
      if (id !== undefined) {
        out.push(id)
        return end
      }
    }
    return start
  }

  return {
    encode(word, out, spans) {
      if (spans !== undefined) cut(word, out, spans)
      else if (!cache.copy(word, out)) {
        const from = out.length
        cut(word, out)
        cache.add(word, out, from)
      }
    },
  }

  function cut(word: string, out: IdBuffer, spans?: IdBuffer): void {
    const [firstId, firstSpan] = [out.length, spans?.length ?? 0]
    let start = isLonger(word, maxWordLength) ? -1 : 0
    while (start >= 0 && start < word.length) {
      const end = match(word, start, out)
      if (end > start) {
        spans?.push(start)
        spans?.push(end)
      }
      start = end > start ? end : -1
    }
    if (start >= 0) return
    out.length = firstId
    out.push(unknownId)
    if (spans === undefined) return
    spans.length = firstSpan
    spans.push(0)
    spans.push(word.length)
  }
}

/** Whether a text has more code points than `limit`. */
function isLonger(text: string, limit: number): boolean {
  if (text.length <= limit) return false
  let count = 0
  for (const _ of text) if (++count > limit) return true
  return false
}
