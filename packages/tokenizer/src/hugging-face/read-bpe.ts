import { unspell } from '../bpe/byte-alphabet.js'
import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'
import { tokenTable } from '../token-table.js'
import { type ByteLevelShape, byteLevelShape } from './byte-level-shape.js'
import { type Json, unsupported } from './check.js'
import { readMerges } from './read-merges.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Byte-level BPE and what stands around it. */
export interface ByteLevelBpe {
  readonly vocabulary: BpeVocabulary
  readonly shape: ByteLevelShape
}

/**
 * Byte-level BPE from a tokenizer.json of the shape that has a fast path. Undefined for other shapes: where a byte has
 * no token, or the model has settings of other kinds of BPE.
 */
export function readBpe(file: Json, model: Json, vocabulary: Vocabulary): ByteLevelBpe | undefined {
  const shape = byteLevelShape(file)
  if (shape === undefined) return undefined
  // tokenizers would encode at random without being asked to.
  unsupported(model.dropout, 'model.dropout', [0])
  if (model.continuing_subword_prefix || model.end_of_word_suffix || model.byte_fallback) {
    return undefined
  }
  const { names, specialTokens, addedTokens } = vocabulary
  const added = new Set(addedTokens.map(({ id }) => id))
  const utf8 = new TextEncoder()
  const tokens: Uint8Array[] = []
  for (const [id, name] of names.entries()) {
    const isAdded = name === undefined || specialTokens.has(name)
    const bytes = isAdded ? undefined : unspell(name)
    // A word that is not in the alphabet can only come from the list of added tokens.
    if (!isAdded && bytes === undefined && !added.has(id)) return undefined
    tokens.push(bytes ?? utf8.encode(name))
  }
  const bpe = {
    pattern: shape.pattern,
    tokens: tokenTable(tokens),
    specialTokens,
    ...readMerges(model.merges, vocabulary),
    ignoreMerges: model.ignore_merges === true,
  }
  return byteIds(bpe).includes(-1) ? undefined : { vocabulary: bpe, shape }
}
