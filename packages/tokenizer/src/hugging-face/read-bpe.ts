import { unspellInto } from '../bpe/byte-alphabet.js'
import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'
import type { TokenTable } from '../token-table.js'
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
  const tokens = tokensByName(vocabulary)
  if (tokens === undefined) return undefined
  const bpe = {
    pattern: shape.pattern,
    tokens,
    specialTokens: vocabulary.specialTokens,
    ...readMerges(model.merges, vocabulary),
    ignoreMerges: model.ignore_merges === true,
  }
  return byteIds(bpe).includes(-1) ? undefined : { vocabulary: bpe, shape }
}

/** The bytes of each name. Undefined where one is not of the alphabet, as a name that is only added may be. */
function tokensByName({ names, specialTokens, addedTokens }: Vocabulary): TokenTable | undefined {
  const added = new Set(addedTokens.map(({ id }) => id))
  const utf8 = new TextEncoder()
  const offsets = new Uint32Array(names.length + 1)
  // No unit takes more than three bytes.
  const bytes = new Uint8Array(names.reduce((sum, name) => sum + (name?.length ?? 0), 0) * 3)
  let end = 0
  for (let id = 0; id < names.length; id++) {
    const name = names[id]
    if (name !== undefined) {
      const spelled = specialTokens.has(name) ? -1 : unspellInto(name, bytes, end)
      if (spelled >= 0) end = spelled
      else if (specialTokens.has(name) || added.has(id)) {
        end += utf8.encodeInto(name, bytes.subarray(end)).written
      } else return undefined
    }
    offsets[id + 1] = end
  }
  return { bytes: bytes.slice(0, end), offsets, size: names.length }
}
