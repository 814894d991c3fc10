import type { ModelPart } from '../pipeline/model-part.js'
import { fail, type Json } from './check.js'
import { readCharacterBpe } from './read-character-bpe.js'
import { readUnigram } from './read-unigram.js'
import type { Vocabulary } from './read-vocabulary.js'
import { readWordLevel } from './read-word-level.js'
import { readWordPiece } from './read-word-piece.js'

/** Reads a `model` of tokenizer.json whose vocabulary has been read. */
type ReadModel = (model: Json, vocabulary: Vocabulary) => ModelPart

const readers: ReadonlyMap<unknown, ReadModel> = new Map<unknown, ReadModel>([
  ['BPE', readCharacterBpe],
  ['Unigram', readUnigram],
  ['WordLevel', readWordLevel],
  ['WordPiece', readWordPiece],
])

/** The model of a pipeline. */
export function readModel(model: Json, vocabulary: Vocabulary): ModelPart {
  // Files from before models had a type are BPE.
  const type = model.type === undefined && model.merges !== undefined ? 'BPE' : model.type
  const read = readers.get(type)
  if (read === undefined) {
    return fail(
      'model.type',
      `one of ${[...readers.keys()].join(', ')}`,
      model.type,
      'this kind of model is not supported',
    )
  }
  return read(model, vocabulary)
}
