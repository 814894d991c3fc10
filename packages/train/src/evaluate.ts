import type { TokenSource } from '@llm/data'
import type { Model } from '@llm/model'
import type { Parameters } from '@llm/tensor'
import { batchLoss } from './gradients.js'
import { type Batch, randomBatch } from './random-batch.js'

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** How many random batches, or 'all': every token once. Default 'all'. */
  readonly batches?: number | 'all'
  /** Sequences in a batch. Default 8. */
  readonly batchSize?: number
  /** Tokens in a sequence. Default: the model's `contextLength`. */
  readonly sequenceLength?: number
  /** Decides which random batches: the same ones for the same seed. Default 0. */
  readonly seed?: number
  /** Ends the evaluation early, by throwing its reason. */
  readonly signal?: AbortSignal
}

/** What {@link evaluate} measured. */
export interface Evaluation {
  /** Mean over the predicted tokens, in nats per token. */
  readonly loss: number
  /** `exp(loss)`. */
  readonly perplexity: number
  /** How many tokens were predicted. */
  readonly tokens: number
}

/**
 * Loss of a model on held-out tokens, without dropout.
 *
 * 'all' cuts the tokens into sequences that do not overlap, the last one shorter: each token but the first is predicted once, from
 * what stands before it in its sequence. A number takes random batches instead, a quicker estimate that is the same for the same seed.
 *
 * @throws RangeError when there are too few tokens to predict one, or an option is out of range.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tokensOf } = await import('@llm/data')
 * const { gpt2 } = await import('@llm/model')
 * const { key } = await import('@llm/tensor')
 * const { evaluate } = await import('./evaluate.js')
 * const model = gpt2({ vocabularySize: 16, contextLength: 8, width: 4, nLayers: 1, nHeads: 1 })
 * const tokens = tokensOf(Array.from({ length: 100 }, (_, i) => i % 16))
 * const { loss, tokens: predicted } = await evaluate(model, model.init(key(1)), tokens)
 * expect(loss).toBeCloseTo(Math.log(16), 1) // untrained: every token as likely as every other
 * expect(predicted).toBe(99)
 * ```
 */
export async function evaluate(
  model: Model,
  params: Parameters,
  tokens: TokenSource,
  {
    batches = 'all',
    batchSize = 8,
    sequenceLength = model.config.contextLength,
    seed = 0,
    signal,
  }: EvaluateOptions = {},
): Promise<Evaluation> {
  if (tokens.length < 2) {
    throw new RangeError(`evaluate: expected two tokens or more, got ${tokens.length}`)
  }
  for (const [name, size] of Object.entries({ batchSize, sequenceLength })) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`evaluate: expected ${name} to be a whole number above 0, got ${size}`)
    }
  }
  if (batches !== 'all' && !(Number.isInteger(batches) && batches >= 1)) {
    throw new RangeError(
      `evaluate: expected batches to be 'all' or a whole number above 0, got ${batches}`,
    )
  }
  const source =
    batches === 'all'
      ? allBatches(tokens, batchSize, sequenceLength)
      : randomBatches(tokens, batches, { batchSize, sequenceLength, seed })
  let sum = 0
  let predicted = 0
  for (const batch of source) {
    const loss = batchLoss(model, params, batch)
    const [value = Number.NaN] = await loss.data()
    loss.dispose()
    sum += value * batch.inputs.length
    predicted += batch.inputs.length
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
  }
  const loss = sum / predicted
  return { loss, perplexity: Math.exp(loss), tokens: predicted }
}

/**
 * Nats per token to bits per byte of the text, which compares models across tokenizers: `loss * tokens / (bytes * ln 2)`.
 *
 * @param tokens how many tokens the loss is the mean of
 * @param bytes UTF-8 bytes of the text that those tokens stand for
 *
 * @example
 * ```ts @import.meta.vitest
 * const { bitsPerByte } = await import('./evaluate.js')
 * expect(bitsPerByte(Math.log(2), 100, 400)).toBe(0.25)
 * ```
 */
export function bitsPerByte(lossPerToken: number, tokens: number, bytes: number): number {
  if (!(bytes > 0)) throw new RangeError(`bitsPerByte: expected bytes above 0, got ${bytes}`)
  return (lossPerToken * tokens) / (bytes * Math.LN2)
}

function* randomBatches(
  tokens: TokenSource,
  count: number,
  options: { batchSize: number; sequenceLength: number; seed: number },
): Generator<Batch> {
  for (let step = 0; step < count; step++) {
    yield randomBatch(tokens, { ...options, step, purpose: 'evaluation batch' })
  }
}

/** Rows of `sequenceLength`, `batchSize` at a time, then what is left as one shorter row. */
function* allBatches(
  tokens: TokenSource,
  batchSize: number,
  sequenceLength: number,
): Generator<Batch> {
  const predicted = tokens.length - 1
  const whole = predicted - (predicted % sequenceLength)
  for (let start = 0; start < whole; ) {
    const count = Math.min(batchSize * sequenceLength, whole - start)
    yield window(tokens, start, count / sequenceLength, sequenceLength)
    start += count
  }
  if (whole < predicted) yield window(tokens, whole, 1, predicted - whole)
}

function window(
  tokens: TokenSource,
  start: number,
  batchSize: number,
  sequenceLength: number,
): Batch {
  const ids = Int32Array.from(tokens.read(start, batchSize * sequenceLength + 1))
  return { inputs: ids.slice(0, -1), targets: ids.slice(1), batchSize, sequenceLength }
}
