import { byteToCharacter } from '../bpe/byte-alphabet.js'
import { createTokenizer } from '../create-tokenizer.js'
import { checkSpecialTokens, DEFAULT_SPECIAL_TOKENS } from '../special-tokens.js'
import { tokenTable } from '../token-table.js'
import type { Tokenizer } from '../types.js'
import { bytesModel } from './bytes-model.js'

export interface BytesTokenizerOptions {
  /** Tokens that ordinary text never produces, in the order of their ids. Default: `['<|endoftext|>']`. */
  readonly specialTokens?: readonly string[]
  /**
   * Whether the ids of the special tokens come after the bytes, so that a byte's id is its value, or before them, as in
   * ByT5. Default: `'end'`.
   */
  readonly specialTokensAt?: 'start' | 'end'
}

/**
 * A tokenizer with one id for each of the 256 bytes of UTF-8: nothing to train, nothing unknown, and three to four times as
 * many tokens as others. "ByT5: Towards a Token-Free Future with Pre-trained Byte-to-Byte Models" (Xue et al., 2021).
 *
 * @throws RangeError for an empty, repeated or ill-formed special token, or one that names a byte in tokenizer.json.
 * @example
 * ```ts @import.meta.vitest
 * const { bytesTokenizer } = await import('./bytes-tokenizer.js')
 * const tokenizer = bytesTokenizer()
 * expect([...tokenizer.encode('Né')]).toEqual([0x4e, 0xc3, 0xa9])
 * expect(tokenizer.vocabularySize).toBe(257)
 * ```
 */
export function bytesTokenizer(options: BytesTokenizerOptions = {}): Tokenizer {
  const { specialTokens = DEFAULT_SPECIAL_TOKENS, specialTokensAt = 'end' } = options
  checkSpecialTokens('bytesTokenizer', specialTokens)
  const byte = specialTokens.find((name) => byteToCharacter.includes(name))
  if (byte !== undefined) {
    throw new RangeError(
      `bytesTokenizer: expected special tokens of more than one character, got ${JSON.stringify(byte)}, which names a byte`,
    )
  }
  if (specialTokensAt !== 'start' && specialTokensAt !== 'end') {
    throw new RangeError(
      `bytesTokenizer: expected specialTokensAt to be 'start' or 'end', got ${JSON.stringify(specialTokensAt)}`,
    )
  }
  const utf8 = new TextEncoder()
  const names = specialTokens.map((name) => utf8.encode(name))
  const bytes = Array.from({ length: 256 }, (_, value) => Uint8Array.of(value))
  const [firstByte, firstName] = specialTokensAt === 'start' ? [names.length, 0] : [0, 256]
  return createTokenizer(
    bytesModel({
      tokens: tokenTable(specialTokensAt === 'start' ? [...names, ...bytes] : [...bytes, ...names]),
      specialTokens: new Map(specialTokens.map((name, i) => [name, firstName + i])),
      byteIds: Uint32Array.from(bytes, (_, value) => firstByte + value),
    }),
  )
}
