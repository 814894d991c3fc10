import type { TokenSource } from '@llm/data'
import { random } from '@llm/data/random'

/** Sequences and, at each position, the token that comes next. Both row-major `[batchSize, sequenceLength]`. */
export interface Batch {
  readonly inputs: Int32Array
  readonly targets: Int32Array
  readonly batchSize: number
  readonly sequenceLength: number
}

/** Options of {@link randomBatch}. */
export interface RandomBatchOptions {
  /** The step that the batch is for, counted from 0. */
  readonly step: number
  /** Sequences in the batch. */
  readonly batchSize: number
  /** Tokens in a sequence. */
  readonly sequenceLength: number
  readonly seed: number
  /** Keeps streams of one seed apart. Default 'training batch'. */
  readonly purpose?: string
}

/**
 * Sequences from random places of the tokens: a function of (seed, purpose, step) alone, so a resumed run sees what an unbroken
 * one would have seen.
 *
 * Every place is equally likely, and sequences may overlap, as in nanoGPT.
 *
 * @throws RangeError when the source has not more than `sequenceLength` tokens.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { randomBatch } = await import('./random-batch.js')
 * const { tokensOf } = await import('@llm/data')
 * const tokens = tokensOf(Uint16Array.from({ length: 100 }, (_, i) => i))
 * const batch = randomBatch(tokens, { step: 0, batchSize: 2, sequenceLength: 3, seed: 1 })
 * const first = batch.inputs[0]!
 * expect([...batch.inputs.subarray(0, 3)]).toEqual([first, first + 1, first + 2])
 * expect([...batch.targets.subarray(0, 3)]).toEqual([first + 1, first + 2, first + 3])
 * ```
 */
export function randomBatch(
  tokens: TokenSource,
  { step, batchSize, sequenceLength, seed, purpose = 'training batch' }: RandomBatchOptions,
): Batch {
  for (const [name, size] of Object.entries({ batchSize, sequenceLength })) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(
        `randomBatch: expected ${name} to be a whole number above 0, got ${size}`,
      )
    }
  }
  if (tokens.length <= sequenceLength) {
    throw new RangeError(
      `randomBatch: expected more than ${sequenceLength} tokens for sequences of ${sequenceLength}, got ${tokens.length}; use shorter sequences or more text`,
    )
  }
  const inputs = new Int32Array(batchSize * sequenceLength)
  const targets = new Int32Array(batchSize * sequenceLength)
  const places = random(seed, purpose, step)
  for (let row = 0; row < batchSize; row++) {
    const start = places.integer(tokens.length - sequenceLength)
    const window = tokens.read(start, sequenceLength + 1)
    inputs.set(window.subarray(0, sequenceLength), row * sequenceLength)
    targets.set(window.subarray(1), row * sequenceLength)
  }
  return { inputs, targets, batchSize, sequenceLength }
}
