import { bpeModel } from '../bpe/bpe-model.js'
import { bytesModel } from '../bytes/bytes-model.js'
import { charactersModel } from '../characters/characters-model.js'
import { createTokenizer } from '../create-tokenizer.js'
import type { TokenModel } from '../model.js'
import { normalizedModel } from '../pipeline/normalized-model.js'
import { pipelineModel } from '../pipeline/pipeline-model.js'
import type { Tokenizer } from '../types.js'
import { fail, isRecord, type Json, record } from './check.js'
import { type ByteLevelBpe, readBpe } from './read-bpe.js'
import { readBytes } from './read-bytes.js'
import { readCharacters } from './read-characters.js'
import { readPipeline } from './read-pipeline.js'
import { readPostProcessor } from './read-post-processor.js'
import { readSettings } from './read-settings.js'
import { readVocabulary, type Vocabulary } from './read-vocabulary.js'
import { withSettings } from './with-settings.js'
import { bpeToJson } from './write-bpe.js'

/**
 * A tokenizer from the content of a tokenizer.json. Everything in it is checked; a part of the pipeline that this
 * package does not have is an error that names it, so that ids are never silently different.
 */
export function parseTokenizer(content: unknown): Tokenizer {
  const file = record(content, 'tokenizer.json')
  const { model } = file
  if (!isRecord(model)) return fail('model', 'an object', model, 'is this a tokenizer.json?')
  const vocabulary = readVocabulary(model, file.added_tokens)
  const processor = readPostProcessor(file.post_processor, vocabulary)
  return createTokenizer(
    withSettings(
      readTokenModel(file, model, vocabulary),
      vocabulary,
      readSettings(file, processor?.json ?? null),
      processor?.template,
    ),
  )
}

/** Shapes that have a fast path of their own; all others are a pipeline of parts. */
function readTokenModel(file: Json, model: Json, vocabulary: Vocabulary): TokenModel {
  if (isBpe(model) && isCharacters(file)) {
    return charactersModel(readCharacters(file, model, vocabulary))
  }
  const bytes = isBpe(model) ? readBytes(file, model, vocabulary) : undefined
  if (bytes !== undefined) return bytesModel(bytes)
  const bpe = isBpe(model) ? readBpe(file, model, vocabulary) : undefined
  if (bpe !== undefined) return byteLevelModel(bpe, addedOnly(model, vocabulary))
  return pipelineModel(readPipeline(file, model, vocabulary))
}

function byteLevelModel(
  { vocabulary, shape }: ByteLevelBpe,
  addedOnly: ReadonlySet<number>,
): TokenModel {
  const { normalizer, addPrefixSpace, preTokenizer, decoder } = shape
  const model = bpeModel(vocabulary)
  return {
    ...normalizedModel(model, normalizer, addPrefixSpace),
    toJSON: () => ({
      ...bpeToJson(vocabulary, addedOnly),
      normalizer: normalizer?.json ?? null,
      pre_tokenizer: preTokenizer,
      decoder,
    }),
  }
}

/** Ids of tokens that the file has beside its model and not in it. */
function addedOnly(model: Json, { addedTokens }: Vocabulary): ReadonlySet<number> {
  const vocab = record(model.vocab, 'model.vocab')
  return new Set(
    addedTokens.filter(({ content }) => !Object.hasOwn(vocab, content)).map(({ id }) => id),
  )
}

/** Files from before models had a type are BPE. */
function isBpe(model: Json): boolean {
  return model.type === 'BPE' || (model.type === undefined && model.merges !== undefined)
}

/** Ours: no pieces and no merges, so that every character is a token. */
function isCharacters(file: Json): boolean {
  const decoder = file.decoder
  return file.pre_tokenizer === null && isRecord(decoder) && decoder.type === 'Fuse'
}
