import { unspell } from '../bpe/byte-alphabet.js'
import { type BpeVocabulary, byteIds, MAX_VOCABULARY } from '../bpe/vocabulary.js'
import { tokenTable } from '../token-table.js'
import { fail, type Json, list, record, unsupported } from './check.js'
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

function readMerges(
  value: unknown,
  { ids, specialTokens }: Vocabulary,
): Pick<BpeVocabulary, 'left' | 'right' | 'product'> {
  const merges = list(value, 'model.merges')
  // Each merge makes a token, so more of them than tokens is nonsense, and is refused before anything is allocated.
  if (merges.length > ids.size)
    fail('model.merges', `at most ${ids.size}, one per token`, merges.length)
  const left = new Int32Array(merges.length)
  const right = new Int32Array(merges.length)
  const product = new Int32Array(merges.length)
  const seen = new Set<number>()
  merges.forEach((merge, rank) => {
    const [a, b] = pair(merge, rank)
    const leftId = tokenId(a, rank)
    const rightId = tokenId(b, rank)
    left[rank] = leftId
    right[rank] = rightId
    product[rank] = tokenId(a + b, rank)
    const key = leftId * MAX_VOCABULARY + rightId
    if (seen.has(key)) fail(`model.merges[${rank}]`, 'each pair once', merge)
    seen.add(key)
  })
  return { left, right, product }

  function tokenId(name: string, rank: number): number {
    const id = ids.get(name)
    if (id === undefined) return fail(`model.merges[${rank}]`, 'tokens of model.vocab', name)
    if (specialTokens.has(name)) {
      return fail(`model.merges[${rank}]`, 'no special token, as text must not produce one', name)
    }
    return id
  }
}

/** `["a", "b"]`, or `"a b"` as written before tokenizers 0.20. */
function pair(merge: unknown, rank: number): readonly [string, string] {
  const parts = typeof merge === 'string' ? merge.split(' ') : merge
  if (Array.isArray(parts) && parts.length === 2) {
    const [a, b]: readonly unknown[] = parts
    if (typeof a === 'string' && typeof b === 'string' && a !== '' && b !== '') return [a, b]
  }
  return fail(`model.merges[${rank}]`, 'two tokens', merge)
}
