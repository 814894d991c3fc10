import type { ModelPart } from '../pipeline/model-part.js'
import { wordsPart } from '../words/words.js'
import { type Json, string } from './check.js'
import { modelVocabulary } from './model-vocabulary.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Reads a model of words. */
export function readWordLevel(model: Json, vocabulary: Vocabulary): ModelPart {
  const name = string(model.unk_token, 'model.unk_token')
  const { json, ordinary } = modelVocabulary(model, vocabulary)
  return wordsPart({ ids: ordinary, unknown: { name, id: vocabulary.ids.get(name) } }, () => ({
    type: 'WordLevel',
    vocab: json(),
    unk_token: name,
  }))
}
