import type { ModelPart } from '../pipeline/model-part.js'
import { wordPiece } from '../wordpiece/word-piece.js'
import { fail, type Json } from './check.js'
import { modelVocabulary } from './model-vocabulary.js'
import type { Vocabulary } from './read-vocabulary.js'
import { count, text } from './settings.js'

/** Reads BERT's model. */
export function readWordPiece(model: Json, vocabulary: Vocabulary): ModelPart {
  const unknown = text(model, 'unk_token', 'model')
  const unknownId = vocabulary.ids.get(unknown)
  if (unknownId === undefined) return fail('model.unk_token', 'a token of the vocabulary', unknown)
  const prefix = text(model, 'continuing_subword_prefix', 'model')
  const maxWordLength = count(model, 'max_input_chars_per_word', 'model')
  const { json, ordinary } = modelVocabulary(model, vocabulary)
  return {
    kind: 'wordpiece',
    pieces: wordPiece({ ids: ordinary, prefix, unknownId, maxWordLength }),
    json: () => ({
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: maxWordLength,
      vocab: json(),
    }),
  }
}
