import type { Pipeline } from '../pipeline/pipeline-model.js'
import type { Json } from './check.js'
import { readDecoder } from './read-decoder.js'
import { readModel } from './read-model.js'
import { readNormalizer } from './read-normalizer.js'
import { readPreTokenizer } from './read-pre-tokenizer.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Reads the parts of a tokenizer.json. */
export function readPipeline(file: Json, model: Json, vocabulary: Vocabulary): Pipeline {
  const part = readModel(model, vocabulary)
  return {
    vocabulary,
    normalizer: readNormalizer(file.normalizer),
    preTokenizer: readPreTokenizer(file.pre_tokenizer),
    model: part,
    decoder: readDecoder(file.decoder),
  }
}
