import { spell } from '../bpe/byte-alphabet.js'
import { addedTokens, bpeModelJson, type TokenizerJson } from '../hugging-face/format.js'
import type { IdBuffer } from '../id-buffer.js'
import type { TokenModel } from '../model.js'
import { bytesOf, type TokenTable } from '../token-table.js'
import { Utf8Window } from '../utf8-window.js'

/** Everything that defines a tokenizer of bytes. */
export interface BytesVocabulary {
  readonly tokens: TokenTable
  readonly specialTokens: ReadonlyMap<string, number>
  /** The id of each of the 256 bytes. */
  readonly byteIds: ArrayLike<number>
}

/** Bytes as a `TokenModel`: one id per byte of UTF-8. */
export function bytesModel(vocabulary: BytesVocabulary): TokenModel {
  const { tokens, specialTokens, byteIds } = vocabulary
  const window = new Utf8Window()

  function encodeBytes(bytes: Uint8Array, out: IdBuffer): void {
    out.reserve(bytes.length)
    const { array, length } = out
    for (let i = 0; i < bytes.length; i++) array[length + i] = byteIds[bytes[i] as number] as number
    out.length += bytes.length
  }

  return {
    kind: 'bytes',
    tokens,
    specialTokens,
    encode(text, out, { limit = Number.POSITIVE_INFINITY } = {}) {
      window.open(text)
      do encodeBytes(window.bytes.subarray(0, window.end), out)
      while (out.length <= limit && window.advance(window.end))
      window.close()
    },
    encodeBytes,
    rules: () => null,
    toJSON: () => bytesToJson(vocabulary),
  }
}

/** Bytes as the content of a tokenizer.json: byte-level BPE that has no merges and sees the text as one piece. */
function bytesToJson({ tokens, specialTokens, byteIds }: BytesVocabulary): TokenizerJson {
  const byteLevel = (addPrefixSpace: boolean) => ({
    type: 'ByteLevel',
    add_prefix_space: addPrefixSpace,
    trim_offsets: true,
    use_regex: false,
  })
  const bytes = Array.from(byteIds, (id) => [spell(bytesOf(tokens, id)), id] as const)
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(specialTokens),
    normalizer: null,
    pre_tokenizer: byteLevel(false),
    post_processor: null,
    decoder: byteLevel(true),
    model: bpeModelJson(
      [...specialTokens, ...bytes].sort(([, a], [, b]) => a - b),
      [],
      null,
    ),
  }
}
