import { random } from '@llm/data/random'
import type { Dropout, TokenModel } from './model.js'
import type { EncodeOptions } from './types.js'

/**
 * What a model is told of the options `dropout` and `seed`.
 * @throws RangeError when `rate` is out of range, or the model has no merges; the message begins with `name`.
 */
export function dropoutOf(name: string, model: TokenModel, rate: number, seed: number): Dropout {
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`${name}: expected dropout from 0 to 1, got ${rate}`)
  }
  if (!model.hasDropout) {
    throw new RangeError(
      `${name}: expected no dropout, got ${rate}: the kind ${JSON.stringify(model.kind)} has no merges to leave out`,
    )
  }
  const stream = random(seed, 'BPE dropout', 0)
  return { rate, random: () => stream.float() }
}

/** The same options with a seed for one of many texts, which `purpose` and `index` name. */
export function seeded(
  options: EncodeOptions | undefined,
  purpose: string,
  index: number,
): EncodeOptions | undefined {
  if (!options?.dropout) return options
  return { ...options, seed: random(options.seed ?? 0, purpose, index).integer(2 ** 53) }
}
