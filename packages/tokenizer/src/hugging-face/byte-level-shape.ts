import type { PatternRule } from '../patterns/rule.js'
import type { Normalizer } from '../pipeline/normalizer.js'
import { patternFromJson } from './byte-level-pattern.js'
import { isRecord, type Json } from './check.js'
import type { PartJson } from './format.js'
import { readDecoder } from './read-decoder.js'
import { readNormalizer } from './read-normalizer.js'
import { readPreTokenizer } from './read-pre-tokenizer.js'

/** The parts around byte-level BPE, where they are of the shape that has a fast path. */
export interface ByteLevelShape {
  readonly pattern: PatternRule
  readonly normalizer: Normalizer | undefined
  readonly addPrefixSpace: boolean
  readonly preTokenizer: PartJson
  readonly decoder: PartJson
}

/** Recognizes the pipeline of GPT-2, or with other patterns that of Llama 3, with any normalizer in front. */
export function byteLevelShape(file: Json): ByteLevelShape | undefined {
  const { pre_tokenizer: split, decoder } = file
  if (!isRecord(decoder) || decoder.type !== 'ByteLevel') return undefined
  const preTokenizer = readPreTokenizer(split)?.json
  const decoderJson = readDecoder(decoder)?.json
  if (preTokenizer === undefined || decoderJson === undefined) return undefined
  const pattern = patternFromJson(preTokenizer)
  if (pattern === undefined) return undefined
  return {
    pattern,
    normalizer: readNormalizer(file.normalizer),
    addPrefixSpace: preTokenizer.add_prefix_space === true,
    preTokenizer,
    decoder: decoderJson,
  }
}
