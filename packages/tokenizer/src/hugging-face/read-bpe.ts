import { unspell } from '../bpe/byte-alphabet.js'
import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'
import { tokenTable } from '../token-table.js'
import { fail, type Json, record, unsupported } from './check.js'
import { readMerges } from './read-merges.js'
import type { Vocabulary } from './read-vocabulary.js'

/** Byte-level BPE from a tokenizer.json in the style of GPT-2. */
export function readBpe(file: Json, model: Json, vocabulary: Vocabulary): BpeVocabulary {
  checkPipeline(file)
  checkModel(model)
  const { names, specialTokens, addedTokens } = vocabulary
  const added = new Set(addedTokens.map(({ id }) => id))
  const utf8 = new TextEncoder()
  const tokens = names.map((name, id) => {
    if (name === undefined) return new Uint8Array()
    if (specialTokens.has(name)) return utf8.encode(name)
    const bytes = unspell(name) ?? (added.has(id) ? utf8.encode(name) : undefined)
    if (bytes === undefined || bytes.length === 0) {
      return fail('model.vocab', 'tokens in the byte-level alphabet', name, `see id ${id}`)
    }
    return bytes
  })
  const bpe = {
    pattern: 'gpt2' as const,
    tokens: tokenTable(tokens),
    specialTokens,
    ...readMerges(model.merges, vocabulary),
    ignoreMerges: model.ignore_merges === true,
  }
  const missing = byteIds(bpe).indexOf(-1)
  if (missing >= 0)
    fail('model.vocab', 'a token for each of the 256 bytes', `none for byte ${missing}`)
  return bpe
}

function checkPipeline(file: Json): void {
  unsupported(file.normalizer, 'normalizer')
  const split = record(file.pre_tokenizer, 'pre_tokenizer')
  if (split.type !== 'ByteLevel') {
    fail('pre_tokenizer', 'type "ByteLevel"', split, 'this part of the pipeline is not supported')
  }
  unsupported(split.add_prefix_space, 'pre_tokenizer.add_prefix_space', [false])
  unsupported(split.use_regex, 'pre_tokenizer.use_regex', [true])
  const decoder = record(file.decoder, 'decoder')
  if (decoder.type !== 'ByteLevel') {
    fail('decoder', 'type "ByteLevel"', decoder, 'this part of the pipeline is not supported')
  }
}

function checkModel(model: Json): void {
  unsupported(model.dropout, 'model.dropout', [0])
  unsupported(model.continuing_subword_prefix, 'model.continuing_subword_prefix', [''])
  unsupported(model.end_of_word_suffix, 'model.end_of_word_suffix', [''])
  unsupported(model.byte_fallback, 'model.byte_fallback', [false])
  unsupported(model.ignore_merges, 'model.ignore_merges', [false, true])
}
