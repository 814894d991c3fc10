import type { Tokenizer } from './types.js'

/**
 * UTF-8 bytes that each id stands for, 0 for special tokens: with it a loss per token becomes bits per byte, which
 * compares models with different vocabularies.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./bpe/train-bpe.js')
 * const { bytesPerToken } = await import('./bytes-per-token.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * const table = bytesPerToken(tokenizer)
 * expect(tokenizer.encode('lowest').reduce((sum, id) => sum + table[id]!, 0)).toBe(6)
 * ```
 */
export function bytesPerToken(tokenizer: Tokenizer): Uint32Array {
  const special = new Set(tokenizer.specialTokens.values())
  return Uint32Array.from({ length: tokenizer.vocabularySize }, (_, id) =>
    special.has(id) ? 0 : tokenizer.tokenBytes(id).length,
  )
}
