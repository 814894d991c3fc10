import { fold, type KvCache, key, type Parameters, tf, uniform } from '@llm/tensor'
import type { Model } from './model.js'

/** Options of {@link generate}. */
export interface GenerateOptions {
  /** The most tokens to generate. */
  readonly maxTokens: number
  /** Divides the logits: below 1 bolder, above 1 wilder, 0 always the likeliest. Default 1. */
  readonly temperature?: number
  /** Only the `topK` likeliest tokens are drawn from; ties with the last of them stay in. Default: all. */
  readonly topK?: number
  /** The token at a position depends on the seed, the position and the text before it alone. Default 0. */
  readonly seed?: number
  /** Ids that end the text; the one met is not yielded. Default: none. */
  readonly stop?: readonly number[]
}

/**
 * Continues a prompt, one token id at a time.
 *
 * The last `contextLength` tokens are what the model sees. Keys and values are kept, so each token costs one position; once the
 * text is longer than `contextLength`, every position moves at each token, and each costs a whole forward pass. Between tokens the event loop runs; leaving the `for await` loop ends the work.
 *
 * @throws RangeError for an empty prompt, an id outside the vocabulary, or an option out of range.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { key } = await import('@llm/tensor')
 * const { generate } = await import('./generate.js')
 * const { gpt2 } = await import('./gpt2.js')
 * const model = gpt2({ vocabularySize: 10, contextLength: 8, width: 4, nLayers: 1, nHeads: 2 })
 * const ids = []
 * for await (const id of generate(model, model.init(key(1)), [3, 1, 4], { maxTokens: 20, topK: 5 })) ids.push(id)
 * expect(ids).toHaveLength(20)
 * ```
 */
export async function* generate(
  model: Model,
  params: Parameters,
  prompt: ArrayLike<number>,
  { maxTokens, temperature = 1, topK, seed = 0, stop = [] }: GenerateOptions,
): AsyncGenerator<number, void, undefined> {
  const { contextLength, vocabularySize } = model.config
  check(prompt, vocabularySize, maxTokens, temperature, topK)
  const root = fold(key(seed), 'generate')
  const ids = Array.from(prompt)
  const cache = ids.length <= contextLength ? model.createCache?.() : undefined
  try {
    for (let made = 0; made < maxTokens; made++) {
      const logits = await lastLogits(model, params, ids, cache)
      const draw = uniform(fold(root, ids.length), [1])
      const [u = 0] = await draw.data()
      draw.dispose()
      const id = choose(logits, { temperature, topK: topK ?? vocabularySize, u })
      if (stop.includes(id)) return
      ids.push(id)
      yield id
      // A pending signal or timer gets its turn: data() of the CPU backends resolves without one.
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    for (const layer of cache ?? []) layer.dispose()
  }
}

/**
 * The token that the random number `u` in [0, 1) picks: the inverse of the distribution function of
 * `softmax(logits / temperature)` over the `topK` highest logits, in float64.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { choose } = await import('./generate.js')
 * const logits = Float32Array.of(Math.log(1), Math.log(2), Math.log(5)) // probabilities 1/8, 2/8, 5/8
 * expect([0, 0.2, 0.9].map((u) => choose(logits, { temperature: 1, topK: 3, u }))).toEqual([0, 1, 2])
 * expect([0, 0.2, 0.9].map((u) => choose(logits, { temperature: 1, topK: 2, u }))).toEqual([1, 1, 2])
 * expect(choose(logits, { temperature: 0, topK: 3, u: 0 })).toBe(2)
 * ```
 */
export function choose(
  logits: ArrayLike<number>,
  { temperature, topK, u }: { temperature: number; topK: number; u: number },
): number {
  const values = Float64Array.from(logits)
  const best = values.reduce((a, b) => Math.max(a, b), -Infinity)
  if (!Number.isFinite(best) || values.some(Number.isNaN)) {
    throw new RangeError(
      `generate: expected finite logits, got ${best}; the weights are not usable`,
    )
  }
  if (temperature === 0) return values.indexOf(best)
  const least =
    topK < values.length ? Float64Array.from(values).sort()[values.length - topK]! : -Infinity
  const weights = values.map((value) =>
    value >= least ? Math.exp((value - best) / temperature) : 0,
  )
  let left = u * weights.reduce((a, b) => a + b, 0)
  let last = 0
  for (const [id, weight] of weights.entries()) {
    if (weight === 0) continue
    last = id
    left -= weight
    if (left < 0) break
  }
  return last
}

async function lastLogits(
  model: Model,
  params: Parameters,
  ids: readonly number[],
  cache: readonly KvCache[] | undefined,
): Promise<ArrayLike<number>> {
  const { contextLength } = model.config
  const kept = ids.length <= contextLength ? cache : undefined
  const given = kept === undefined ? ids.slice(-contextLength) : ids.slice(kept[0]?.length)
  const logits = tf.tidy(() => {
    const tokens = tf.tensor2d(given, [1, given.length], 'int32')
    return model.forward(params, tokens, { lastOnly: true, ...(kept && { cache: kept }) })
  })
  try {
    return await logits.data()
  } finally {
    logits.dispose()
  }
}

function check(
  prompt: ArrayLike<number>,
  vocabularySize: number,
  maxTokens: number,
  temperature: number,
  topK: number | undefined,
): void {
  if (prompt.length === 0) {
    throw new RangeError(
      'generate: expected a prompt of one token or more, got none; start with the end-of-text id',
    )
  }
  const bad = Array.from(prompt).find(
    (id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize,
  )
  if (bad !== undefined) {
    throw new RangeError(`generate: expected ids from 0 to ${vocabularySize - 1}, got ${bad}`)
  }
  if (!(maxTokens >= 0)) {
    throw new RangeError(`generate: expected maxTokens of 0 or more, got ${maxTokens}`)
  }
  if (!(temperature >= 0 && Number.isFinite(temperature))) {
    throw new RangeError(`generate: expected a temperature of 0 or more, got ${temperature}`)
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new RangeError(`generate: expected topK to be a whole number above 0, got ${topK}`)
  }
}
