import type { CharacterVocabulary } from '../bpe-characters/vocabulary.js'
import { mergeReference } from './merge-reference.js'

/** BPE on characters by the book: a symbol for each character, then merge after merge over the whole piece. */
export function encodeCharactersReference(
  vocabulary: CharacterVocabulary,
  piece: string,
): number[] {
  const { ids, left, right, product, prefix, suffix } = vocabulary
  if (vocabulary.ignoreMerges && ids.has(piece)) return [ids.get(piece)!]
  const characters = [...piece].map((unit) => (/\p{Cs}/u.test(unit) ? '\ufffd' : unit))
  const symbols: number[] = []
  let unknown = false
  characters.forEach((character, i) => {
    const name = (i > 0 ? prefix : '') + character + (i === characters.length - 1 ? suffix : '')
    const id = ids.get(name)
    if (id !== undefined) {
      flush()
      symbols.push(id)
      return
    }
    const bytes = [...new TextEncoder().encode(name)].map((byte) =>
      ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
    )
    if (vocabulary.byteFallback && bytes.every((each) => each !== undefined)) symbols.push(...bytes)
    else if (vocabulary.unknown === undefined) throw new RangeError('unknown')
    else {
      if (!vocabulary.fuseUnknown) flush()
      unknown = true
    }
  })
  flush()
  const rules = Array.from(left, (a, r) => ({ left: a, right: right[r]!, product: product[r]! }))
  return mergeReference(rules, symbols)

  /** As in Hugging Face's tokenizers only a known character does that, not bytes. */
  function flush(): void {
    if (unknown) symbols.push(vocabulary.unknown!)
    unknown = false
  }
}
