import type { ModelPart } from '../pipeline/model-part.js'
import { unigramPart } from '../unigram/unigram-part.js'
import { fail, type Json, list } from './check.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Longest piece, in UTF-16 units: a bound on the work at each place of a text. */
const LONGEST_PIECE = 8192

/** Reads a Unigram model. */
export function readUnigram(model: Json, { names, specialTokens }: Vocabulary): ModelPart {
  const pieces = list(model.vocab, 'model.vocab').map((entry, id) => {
    const where = `model.vocab[${id}]`
    const score = list(entry, where)[1]
    if (typeof score !== 'number' || !Number.isFinite(score)) {
      return fail(`${where}[1]`, 'a finite number', score)
    }
    const name = names[id]
    if (name === undefined) return fail(`${where}[0]`, 'a piece that no other entry has', entry)
    if (name.length > LONGEST_PIECE) {
      fail(`${where}[0]`, `at most ${LONGEST_PIECE} characters`, name.length)
    }
    return [name, score] as const
  })
  const unknown = model.unk_id ?? null
  if (unknown !== null) {
    if (
      typeof unknown !== 'number' ||
      !Number.isInteger(unknown) ||
      pieces[unknown] === undefined
    ) {
      return fail('model.unk_id', `null or an id below ${pieces.length}`, unknown)
    }
  }
  const byteFallback = model.byte_fallback ?? false
  if (typeof byteFallback !== 'boolean') {
    return fail('model.byte_fallback', 'true or false', byteFallback)
  }
  return unigramPart({ pieces, specialTokens, unknownId: unknown, byteFallback })
}
