import type { Progress } from '@llm/data'
import { checkTexts } from '../check-texts.js'
import { createTokenizer } from '../create-tokenizer.js'
import { checkSpecialTokens, DEFAULT_SPECIAL_TOKENS } from '../special-tokens.js'
import type { Tokenizer } from '../types.js'
import { charactersModel } from './characters-model.js'

export interface TrainCharactersOptions {
  /** Most ids to use, special tokens included: the most frequent characters stay. Default: all characters. */
  readonly vocabularySize?: number
  /** Tokens that ordinary text never produces, with ids from 0 in this order. Default: `['<|endoftext|>']`. */
  readonly specialTokens?: readonly string[]
  /**
   * What encoding does with a character that is not in the vocabulary: throw, or use the token `<|unknown|>`,
   * which is then added after the special tokens. Default: `'error'`.
   */
  readonly unknown?: 'error' | '<|unknown|>'
  /** Called with the UTF-16 units counted. */
  readonly progress?: Progress
}

/**
 * Makes a tokenizer with one id per character (Unicode code point).
 *
 * Ids: special tokens, then the characters of the texts in the order of their code points.
 *
 * @throws RangeError when an option is out of range, or when `vocabularySize` would leave characters without an id
 *   while `unknown` is `'error'`; TypeError when a text is not a string.
 * @example
 * ```ts @import.meta.vitest
 * const { trainCharacters } = await import('./train-characters.js')
 * const tokenizer = await trainCharacters(['hello'])
 * expect(Array.from(tokenizer.encode('hole'))).toEqual([2, 4, 3, 1])
 * expect(tokenizer.decode([2, 4, 3, 1])).toBe('hole')
 * ```
 */
export async function trainCharacters(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainCharactersOptions = {},
): Promise<Tokenizer> {
  const { vocabularySize, specialTokens = DEFAULT_SPECIAL_TOKENS, unknown = 'error' } = options
  checkTexts('trainCharacters', texts)
  if (unknown !== 'error' && unknown !== '<|unknown|>') {
    throw new RangeError(
      `trainCharacters: expected unknown to be 'error' or '<|unknown|>', got ${unknown}`,
    )
  }
  const special =
    unknown === 'error' || specialTokens.includes(unknown)
      ? specialTokens
      : [...specialTokens, unknown]
  checkSpecialTokens('trainCharacters', special)
  const single = special.find((name) => [...name].length === 1)
  if (single !== undefined) {
    throw new RangeError(
      `trainCharacters: expected special tokens of more than one character, got ${JSON.stringify(single)}`,
    )
  }

  const counts = await countCharacters(texts, options.progress)
  const kept = choose(counts, special.length, vocabularySize, unknown)
  return createTokenizer(
    charactersModel({
      names: [...special, ...kept.map((point) => String.fromCodePoint(point))],
      specialTokens: new Map(special.map((name, id) => [name, id])),
      unknown: unknown === 'error' ? undefined : unknown,
    }),
  )
}

async function countCharacters(
  texts: Iterable<string> | AsyncIterable<string>,
  progress: Progress | undefined,
): Promise<Map<number, number>> {
  const counts = new Map<number, number>()
  let done = 0
  for await (const text of texts) {
    if (typeof text !== 'string') {
      throw new TypeError(`trainCharacters: expected texts that are strings, got ${typeof text}`)
    }
    for (let i = 0; i < text.length; i++) {
      let point = text.codePointAt(i) as number
      if (point > 0xffff) i++
      else if (point >= 0xd800 && point < 0xe000) point = 0xfffd
      counts.set(point, (counts.get(point) ?? 0) + 1)
    }
    done += text.length
    progress?.({ task: 'counting characters', done, unit: 'characters' })
  }
  return counts
}

/** The code points to keep, in order; among equally frequent ones the smaller stays. */
function choose(
  counts: ReadonlyMap<number, number>,
  special: number,
  vocabularySize: number | undefined,
  unknown: string,
): number[] {
  const points = [...counts.keys()].sort((a, b) => a - b)
  if (vocabularySize === undefined) return points
  const room = vocabularySize - special
  if (!Number.isInteger(vocabularySize) || room < 1) {
    throw new RangeError(
      `trainCharacters: expected vocabularySize above the ${special} special tokens, got ${vocabularySize}`,
    )
  }
  if (points.length <= room) return points
  if (unknown === 'error') {
    throw new RangeError(
      `trainCharacters: expected vocabularySize of at least ${special + points.length} for ${points.length} characters, got ${vocabularySize}; raise it, or set unknown: '<|unknown|>'`,
    )
  }
  return points
    .sort((a, b) => (counts.get(b) as number) - (counts.get(a) as number) || a - b)
    .slice(0, room)
    .sort((a, b) => a - b)
}
