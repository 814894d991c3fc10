import type { Gpt2Config } from './gpt2.js'

const released = { vocabularySize: 50257, contextLength: 1024 }

/**
 * GPT-2 small, 124,439,808 parameters (the paper's table says 117M).
 *
 * @example
 * ```ts @import.meta.vitest
 * const { gpt2 } = await import('./gpt2.js')
 * const { gpt2Small } = await import('./presets.js')
 * expect(gpt2(gpt2Small).parameterCount()).toBe(124_439_808)
 * expect(gpt2({ ...gpt2Small, vocabularySize: 8192 }).parameterCount()).toBe(92_133_888)
 * ```
 */
export const gpt2Small: Gpt2Config = { ...released, width: 768, nLayers: 12, nHeads: 12 }

/** GPT-2 medium, 354,823,168 parameters. */
export const gpt2Medium: Gpt2Config = { ...released, width: 1024, nLayers: 24, nHeads: 16 }

/** GPT-2 large, 774,030,080 parameters. */
export const gpt2Large: Gpt2Config = { ...released, width: 1280, nLayers: 36, nHeads: 20 }

/** GPT-2 XL, 1,557,611,200 parameters. */
export const gpt2Xl: Gpt2Config = { ...released, width: 1600, nLayers: 48, nHeads: 25 }
