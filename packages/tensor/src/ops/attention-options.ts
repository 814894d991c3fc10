import { forbid } from '../capture/record.js'
import type { Key } from '../key.js'
import type { tf } from '../tf.js'
import { shapeOf } from './check.js'

/** Options of {@link attention} and {@link selfAttention}. */
export interface AttentionOptions {
  /** How many query heads lie side by side in q. */
  readonly nHeads: number
  /**
   * How many heads of keys and values there are; must divide nHeads. Query heads that follow each other share one:
   * head h uses head floor(h nKvHeads / nHeads). nHeads when absent.
   * Ainslie et al. 2023, https://arxiv.org/abs/2305.13245
   */
  readonly nKvHeads?: number
  /** Whether a query sees only the keys up to its own position; true when absent. */
  readonly causal?: boolean
  /**
   * A query sees only the keys at a distance below this: before it when causal, on both sides otherwise. No limit when
   * absent. Beltagy et al. 2020, https://arxiv.org/abs/2004.05150
   */
  readonly window?: number
  /** What the products of queries and keys are multiplied by; 1 / sqrt(headSize) when absent. */
  readonly scale?: number
  /** The part of the weights that is dropped, from 0 to below 1; the others are divided by 1 - dropout. 0 when absent. */
  readonly dropout?: number
  /** Decides with a weight's place in [batch, nHeads, query, key] alone which are dropped; needed for dropout. */
  readonly key?: Key
}

/** What the kernels and references get: every option, and the sizes. */
export type AttentionAttributes = {
  readonly nHeads: number
  readonly nKvHeads: number
  readonly headSize: number
  readonly causal: boolean
  /** 0 is no window. */
  readonly window: number
  readonly scale: number
  readonly dropout: number
  readonly high: number
  readonly low: number
  /** The keys that are valid. */
  readonly length: number
}

/**
 * The options with their defaults, checked.
 *
 * @throws RangeError if they do not fit
 */
export function attentionAttributes(
  op: string,
  options: AttentionOptions,
  sizes: { width: number; queryTime: number; length: number },
): AttentionAttributes {
  const { nHeads, nKvHeads = nHeads, causal = true, window, dropout = 0, key } = options
  const { width, queryTime, length } = sizes
  for (const [name, value] of Object.entries({ nHeads, nKvHeads })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${op}: expected ${name} to be a whole number above 0, got ${value}`)
    }
  }
  if (nHeads % nKvHeads !== 0) {
    throw new RangeError(`${op}: expected nKvHeads to divide nHeads ${nHeads}, got ${nKvHeads}`)
  }
  const headSize = width / nHeads
  if (!Number.isInteger(headSize) || headSize < 1) {
    throw new RangeError(`${op}: expected nHeads to divide the width ${width}, got ${nHeads}`)
  }
  if (window !== undefined && (!Number.isSafeInteger(window) || window < 1)) {
    throw new RangeError(`${op}: expected window to be a whole number above 0, got ${window}`)
  }
  const { scale = 1 / Math.sqrt(headSize) } = options
  if (!Number.isFinite(scale)) {
    throw new RangeError(`${op}: expected a finite scale, got ${scale}`)
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new RangeError(`${op}: expected dropout from 0 to below 1, got ${dropout}`)
  }
  if (dropout > 0 && key === undefined) {
    throw new RangeError(`${op}: expected a key for dropout, got none; give { key: key(seed) }`)
  }
  if (queryTime > 0 && length === 0) throw new RangeError(`${op}: expected one key or more, got 0`)
  if ((causal || window !== undefined) && length < queryTime) {
    throw new RangeError(
      `${op}: expected at least as many keys as queries (${queryTime}) when causal or within a window, got ${length}`,
    )
  }
  if (dropout > 0) forbid('it uses a key')
  const { high = 0, low = 0 } = dropout > 0 ? (key ?? {}) : {}
  const limit = window ?? 0
  return { nHeads, nKvHeads, headSize, causal, window: limit, scale, dropout, high, low, length }
}

/** @throws RangeError unless the tensor has the axes [batch, time, width] */
export function expectSequences(op: string, name: string, x: tf.Tensor): void {
  if (x.rank !== 3) {
    throw new RangeError(`${op}: expected ${name} of shape [batch, time, width], got ${shapeOf(x)}`)
  }
}
