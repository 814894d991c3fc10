import type { Gpt2Config } from '@llm/model'

/** A model and how to train it: everything but the number of steps, which the clock decides. */
export interface Recipe {
  readonly model: Omit<Gpt2Config, 'vocabularySize'>
  readonly batchSize: number
  /** Highest learning rate. */
  readonly peak: number
  /** Length of the samples written at the end; each token costs a pass over the whole context. */
  readonly sampleTokens: number
}

/**
 * Sizes by how much the backend can compute, smallest first. A model is worth its size only when it sees enough
 * tokens, so slow backends get small ones.
 */
const recipes: readonly Recipe[] = [
  {
    model: { contextLength: 32, width: 32, nLayers: 1, nHeads: 2 },
    batchSize: 8,
    peak: 6e-3,
    sampleTokens: 60,
  },
  {
    model: { contextLength: 64, width: 64, nLayers: 2, nHeads: 2 },
    batchSize: 8,
    peak: 4e-3,
    sampleTokens: 80,
  },
  {
    model: { contextLength: 128, width: 128, nLayers: 4, nHeads: 4 },
    batchSize: 8,
    peak: 3e-3,
    sampleTokens: 120,
  },
  {
    model: { contextLength: 128, width: 256, nLayers: 4, nHeads: 8 },
    batchSize: 16,
    peak: 1.5e-3,
    sampleTokens: 120,
  },
  {
    model: { contextLength: 256, width: 384, nLayers: 6, nHeads: 6 },
    batchSize: 32,
    peak: 1e-3,
    sampleTokens: 200,
  },
]

/** Place in `recipes` for a run of three minutes. Backends that are not named compute on a graphics card. */
const forThreeMinutes: Readonly<Record<string, number>> = {
  cpu: 0,
  wasm: 1,
  tensorflow: 2,
  native: 2,
}

/**
 * The model for a backend and a time: one size more for each tenfold of three minutes, one less for each tenth.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { chooseRecipe } = await import('./model-size.js')
 * expect(chooseRecipe('cpu', 3).model.width).toBe(32)
 * expect(chooseRecipe('native', 3).model.width).toBeGreaterThan(chooseRecipe('wasm', 3).model.width)
 * expect(chooseRecipe('native', 60).model.width).toBeGreaterThan(chooseRecipe('native', 3).model.width)
 * ```
 */
export function chooseRecipe(backend: string, minutes: number): Recipe {
  const place = forThreeMinutes[backend] ?? recipes.length - 1
  const shift = Math.round(Math.log10(minutes / 3))
  return recipes[Math.min(recipes.length - 1, Math.max(0, place + shift))]!
}
