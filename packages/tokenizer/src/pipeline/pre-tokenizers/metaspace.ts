import { AlignedBuilder } from '../aligned-builder.js'
import { cutAtMatches } from '../cut-at-matches.js'
import { findText } from '../find-matches.js'
import { firstEnd } from '../normalizers/prepend.js'
import type { PreTokenizer } from '../pre-tokenizer.js'

/** Where `metaspace` puts a mark in front of what starts with none: everywhere, at the start of the text, nowhere. */
export type PrependScheme = 'always' | 'first' | 'never'

/**
 * Writes a visible mark for every space and cuts before it, as SentencePiece does. "SentencePiece: A simple and language
 * independent subword tokenizer" (Kudo and Richardson, 2018), section 3.
 */
export function metaspace(
  replacement: string,
  prependScheme: PrependScheme,
  split: boolean,
): PreTokenizer {
  function prefix(piece: string, first: boolean): string {
    const wanted = prependScheme === 'always' || (prependScheme === 'first' && first)
    if (!wanted || piece === '' || piece.startsWith(' ') || piece.startsWith(replacement)) return ''
    return replacement
  }
  const change = {
    apply: (piece: string, first: boolean) =>
      prefix(piece, first) + piece.replaceAll(' ', () => replacement),
    align(piece: string, first: boolean) {
      const out = new AlignedBuilder()
      out.add(prefix(piece, first), 0, firstEnd(piece))
      out.keep(piece, 0, piece.length)
      const { text, starts, ends } = out.take()
      return { text: text.replaceAll(' ', () => replacement), starts, ends }
    },
  }
  return {
    json: { type: 'Metaspace', replacement, prepend_scheme: prependScheme, split },
    steps: [
      split ? { change, cut: cutAtMatches(findText(replacement), 'MergedWithNext') } : { change },
    ],
  }
}
