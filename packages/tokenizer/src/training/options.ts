import type { Progress } from '@llm/data'
import { MAX_VOCABULARY } from '../bpe/vocabulary.js'
import { checkSpecialTokens } from '../special-tokens.js'

/** Options that all trainers have. */
export interface TrainingOptions {
  /** Number of ids wanted, special tokens included. Up to 2,097,152. */
  readonly vocabularySize: number
  /** Tokens that ordinary text never produces, in the order of their ids. */
  readonly specialTokens?: readonly string[]
  /** Whether the ids of the special tokens come before all others or after them. Default: `'start'`. */
  readonly specialTokensAt?: 'start' | 'end'
  /** What occurs less often gets no token. Default: 1. */
  readonly minFrequency?: number
  /** Threads that count, beside this one; the result is the same for any number. Default: 0, this thread alone. */
  readonly workers?: number
  /** Called with the bytes counted, then with the merges learned. */
  readonly progress?: Progress
}

/** Options of trainers that merge. */
export interface MergeOptions extends TrainingOptions {
  /** Which of two equally frequent pairs is merged first. Default: `'hugging-face'`. */
  readonly tieBreaking?: TieBreaking
}

/**
 * `'hugging-face'`: the pair with the smaller ids, as in Hugging Face's trainers. `'bytes'`: the pair whose tokens come
 * first in the order of their bytes, which does not depend on how ids were given.
 */
export type TieBreaking = 'hugging-face' | 'bytes'

/** The part of the options that needs no default of its own kind. */
export type CheckedOptions = Required<
  Pick<TrainingOptions, 'specialTokensAt' | 'minFrequency' | 'workers'>
>

/** Checks what all trainers have, and fills in the defaults. `base` is the number of ids that are there before training. */
export function checkOptions(
  name: string,
  options: TrainingOptions,
  specialTokens: readonly string[],
  base: { readonly size: number; readonly what: string },
): CheckedOptions {
  checkSpecialTokens(name, specialTokens)
  const { vocabularySize, specialTokensAt = 'start', minFrequency = 1, workers = 0 } = options
  const least = base.size + specialTokens.length
  if (
    !Number.isInteger(vocabularySize) ||
    vocabularySize < least ||
    vocabularySize > MAX_VOCABULARY
  ) {
    throw new RangeError(
      `${name}: expected vocabularySize from ${least} (${base.what} + ${specialTokens.length} special tokens) to ${MAX_VOCABULARY}, got ${vocabularySize}`,
    )
  }
  checkChoice(name, 'specialTokensAt', specialTokensAt, ['start', 'end'])
  checkAtLeast(name, 'minFrequency', minFrequency, 1)
  if (!Number.isInteger(workers) || workers < 0) {
    throw new RangeError(`${name}: expected workers to be 0 or more, got ${workers}`)
  }
  return { specialTokensAt, minFrequency, workers }
}

export function checkAtLeast(name: string, option: string, value: number, least: number): void {
  if (!(value >= least)) {
    throw new RangeError(`${name}: expected ${option} of ${least} or more, got ${value}`)
  }
}

export function checkChoice(
  name: string,
  option: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  if (value === undefined || choices.includes(value)) return
  throw new RangeError(
    `${name}: expected ${option} to be ${choices.map((choice) => `'${choice}'`).join(' or ')}, got ${value}`,
  )
}
