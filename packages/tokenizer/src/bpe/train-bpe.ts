import type { Progress } from '@llm/data'
import { checkTexts } from '../check-texts.js'
import { createTokenizer } from '../create-tokenizer.js'
import { pattern } from '../patterns/patterns.js'
import { checkSpecialTokens, DEFAULT_SPECIAL_TOKENS } from '../special-tokens.js'
import { tokenTable } from '../token-table.js'
import type { Tokenizer } from '../types.js'
import { bpeModel } from './bpe-model.js'
import { alphabetOrder, byteToCharacter, unspell } from './byte-alphabet.js'
import { learnMerges, type Merges } from './learn-merges.js'
import { PieceCounter } from './piece-counter.js'
import { MAX_VOCABULARY } from './vocabulary.js'

export interface TrainBpeOptions {
  /** Number of ids wanted: special tokens, the 256 bytes, and one per merge. Up to 2,097,152. */
  readonly vocabularySize: number
  /** Tokens that ordinary text never produces, with ids from 0 in this order. Default: `['<|endoftext|>']`. */
  readonly specialTokens?: readonly string[]
  /** Pairs seen less often are not merged. Default: 1. */
  readonly minFrequency?: number
  /** Longest token, in bytes. Default: no limit. */
  readonly maxTokenLength?: number
  /** Called with the bytes counted, then with the merges learned. */
  readonly progress?: Progress
}

/**
 * Trains a byte-level BPE tokenizer with GPT-2's pattern.
 *
 * Ids: special tokens, then the 256 bytes, then the merges in the order learned, all as Hugging Face's
 * `BpeTrainer` numbers them, whose merges these are one by one. The vocabulary is smaller than asked for when the
 * text runs out of pairs to merge; look at `vocabularySize` of the result. No text is kept: memory grows with the
 * distinct pieces (words, roughly), at about 60 bytes per byte of them. No piece spans two texts, and special tokens
 * are not looked for in the texts.
 *
 * From "Language Models are Unsupervised Multitask Learners" (Radford et al., 2019), section 2.2.
 *
 * @throws RangeError when an option is out of range, TypeError when a text is not a string.
 * @example
 * ```ts @import.meta.vitest
 * const { trainBpe } = await import('./train-bpe.js')
 * const tokenizer = await trainBpe(['low lower lowest'], { vocabularySize: 260 })
 * const ids = tokenizer.encode('lowest low')
 * expect(Array.from(ids, (id) => tokenizer.decode([id]))).toEqual(['low', 'e', 's', 't', ' low'])
 * expect(tokenizer.decode(ids)).toBe('lowest low')
 * ```
 */
export async function trainBpe(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainBpeOptions,
): Promise<Tokenizer> {
  const { vocabularySize, specialTokens = DEFAULT_SPECIAL_TOKENS, progress } = options
  const { minFrequency = 1, maxTokenLength = Number.POSITIVE_INFINITY } = options
  checkTexts('trainBpe', texts)
  checkSpecialTokens('trainBpe', specialTokens)
  checkOptions(vocabularySize, specialTokens, minFrequency, maxTokenLength)

  const counter = new PieceCounter(pattern('gpt2'))
  for await (const text of texts) {
    if (typeof text !== 'string') {
      throw new TypeError(`trainBpe: expected texts that are strings, got ${typeof text}`)
    }
    counter.add(text)
    progress?.({ task: 'counting pieces', done: counter.total, unit: 'bytes' })
  }

  const firstByte = specialTokens.length
  const byteIds = new Int32Array(256)
  alphabetOrder.forEach((byte, i) => {
    byteIds[byte] = firstByte + i
  })
  const firstId = firstByte + 256
  const merges = learnMerges(counter.counts(), {
    byteIds,
    firstId,
    vocabularySize,
    minFrequency,
    maxTokenLength,
    reserved: spellings(specialTokens),
    onMerge: (done) =>
      progress?.({ task: 'merging', done, total: vocabularySize - firstId, unit: 'merges' }),
  })
  return assemble(specialTokens, merges, firstId)
}

function assemble(specialTokens: readonly string[], merges: Merges, firstId: number): Tokenizer {
  const encoder = new TextEncoder()
  const tokens: Uint8Array[] = specialTokens.map((name) => encoder.encode(name))
  for (const byte of alphabetOrder) tokens.push(Uint8Array.of(byte))
  merges.left.forEach((left, rank) => {
    const a = tokens[left] as Uint8Array
    const b = tokens[merges.right[rank] as number] as Uint8Array
    const product = new Uint8Array(a.length + b.length)
    product.set(a)
    product.set(b, a.length)
    tokens.push(product)
  })
  return createTokenizer(
    bpeModel({
      pattern: 'gpt2',
      tokens: tokenTable(tokens),
      specialTokens: new Map(specialTokens.map((name, id) => [name, id])),
      left: merges.left,
      right: merges.right,
      product: Int32Array.from(merges.left, (_, rank) => firstId + rank),
      ignoreMerges: false,
    }),
  )
}

/** What no merge may spell: a tokenizer.json names tokens by their spelling, so it would be the special token itself. */
function spellings(specialTokens: readonly string[]): Set<string> {
  const out = new Set<string>()
  for (const name of specialTokens) {
    const bytes = unspell(name)
    if (bytes !== undefined) out.add(String.fromCharCode(...bytes))
  }
  return out
}

function checkOptions(
  vocabularySize: number,
  specialTokens: readonly string[],
  minFrequency: number,
  maxTokenLength: number,
): void {
  const least = 256 + specialTokens.length
  if (
    !Number.isInteger(vocabularySize) ||
    vocabularySize < least ||
    vocabularySize > MAX_VOCABULARY
  ) {
    throw new RangeError(
      `trainBpe: expected vocabularySize from ${least} (256 bytes + ${specialTokens.length} special tokens) to ${MAX_VOCABULARY}, got ${vocabularySize}`,
    )
  }
  const byte = specialTokens.find((name) => byteToCharacter.includes(name))
  if (byte !== undefined) {
    throw new RangeError(
      `trainBpe: expected special tokens of more than one character, got ${JSON.stringify(byte)}, which names a byte`,
    )
  }
  if (!(minFrequency >= 1)) {
    throw new RangeError(`trainBpe: expected minFrequency of 1 or more, got ${minFrequency}`)
  }
  if (!(maxTokenLength >= 2)) {
    throw new RangeError(`trainBpe: expected maxTokenLength of 2 or more, got ${maxTokenLength}`)
  }
}
