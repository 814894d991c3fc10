import type { CharacterVocabulary } from './vocabulary.js'

/** U+2581, which stands for a space in SentencePiece's vocabularies. */
const SPACE = 0x2581
const SPACE_INSIDE = /[^\u2581]\u2581/u

/**
 * Whether text can be cut before each run of U+2581 without changing the ids: no merge makes a token that has one behind
 * another character. Pieces that are the whole text, as Llama's are, then fall into words.
 */
export function cutsBeforeSpace({ ids, product, prefix, suffix }: CharacterVocabulary): boolean {
  if (prefix !== '' || suffix !== '' || !ids.has('\u2581')) return false
  const made = new Set(product)
  for (const [name, id] of ids) if (made.has(id) && SPACE_INSIDE.test(name)) return false
  return true
}

/** Where the word that starts at `start` ends: before the next U+2581 behind another character. */
export function nextWord(text: string, start: number): number {
  let i = start
  while (i < text.length && text.charCodeAt(i) === SPACE) i++
  while (i < text.length && text.charCodeAt(i) !== SPACE) i++
  return i
}
