import { unspell } from '../bpe/byte-alphabet.js'
import type { BytesVocabulary } from '../bytes/bytes-model.js'
import { tokenTable } from '../token-table.js'
import { isRecord, type Json } from './check.js'
import type { Vocabulary } from './read-vocabulary.js'

/**
 * Bytes from a tokenizer.json of the shape that `bytesModel` writes: byte-level BPE without merges or pattern, whose vocabulary
 * is the 256 bytes and special tokens. Undefined for any other file.
 */
export function readBytes(
  file: Json,
  model: Json,
  { names, specialTokens, addedTokens }: Vocabulary,
): BytesVocabulary | undefined {
  const { pre_tokenizer: split, decoder } = file
  const bare =
    isRecord(split) &&
    split.type === 'ByteLevel' &&
    split.use_regex === false &&
    split.add_prefix_space === false &&
    isRecord(decoder) &&
    decoder.type === 'ByteLevel' &&
    (file.normalizer ?? null) === null &&
    Array.isArray(model.merges) &&
    model.merges.length === 0
  if (!bare || addedTokens.some(({ special }) => !special)) return undefined
  const utf8 = new TextEncoder()
  const byteIds = new Int32Array(256).fill(-1)
  const tokens: Uint8Array[] = []
  for (const [id, name] of names.entries()) {
    if (name === undefined) return undefined
    const special = specialTokens.has(name)
    const bytes = special ? utf8.encode(name) : unspell(name)
    if (bytes === undefined || (!special && bytes.length !== 1)) return undefined
    if (!special) byteIds[bytes[0] as number] = id
    tokens.push(bytes)
  }
  if (byteIds.includes(-1)) return undefined
  return { tokens: tokenTable(tokens), specialTokens, byteIds }
}
