import { createTokenizer } from '../create-tokenizer.js'
import type { PatternName } from '../patterns/patterns.js'
import { type PatternRule, type RegexRule, readRule } from '../patterns/rule.js'
import { DEFAULT_SPECIAL_TOKENS } from '../special-tokens.js'
import { tokenTable } from '../token-table.js'
import { countPieces } from '../training/count-pieces.js'
import { checkAtLeast, checkChoice, checkOptions, type MergeOptions } from '../training/options.js'
import type { TrainingTexts } from '../training/texts.js'
import type { Tokenizer } from '../types.js'
import { bpeModel } from './bpe-model.js'
import { alphabetOrder, byteToCharacter, unspell } from './byte-alphabet.js'
import { learnMerges, type Merges } from './learn-merges.js'
import { byteRows } from './symbol-rows.js'

/** Options of `trainBpe` for byte-level BPE, as in GPT-2. */
export interface ByteLevelOptions extends MergeOptions {
  readonly style?: 'byte-level'
  /** Default: `['<|endoftext|>']`. */
  readonly specialTokens?: readonly string[]
  /** Longest token, in bytes. Default: no limit. */
  readonly maxTokenLength?: number
  /**
   * How text is cut into pieces that no token goes beyond: the pattern of a published tokenizer by name, or a regular expression
   * in Oniguruma's syntax (`syntax: 'rust'` for that of tiktoken), whose matches, and what lies between, are the pieces.
   * Default: `'gpt2'`.
   */
  readonly pattern?: PatternName | RegexRule
}

/** Ids: special tokens, then the 256 bytes, then the merges in the order learned, as `BpeTrainer` numbers them. */
export async function trainByteLevel(
  texts: TrainingTexts,
  options: ByteLevelOptions,
): Promise<Tokenizer> {
  const { vocabularySize, specialTokens = DEFAULT_SPECIAL_TOKENS, progress } = options
  const { maxTokenLength = Number.POSITIVE_INFINITY, tieBreaking = 'hugging-face' } = options
  const base = { size: 256, what: '256 bytes' }
  const { specialTokensAt, minFrequency, workers } = checkOptions(
    'trainBpe',
    options,
    specialTokens,
    base,
  )
  checkAtLeast('trainBpe', 'maxTokenLength', maxTokenLength, 2)
  checkChoice('trainBpe', 'tieBreaking', tieBreaking, ['hugging-face', 'bytes'])
  checkNames(specialTokens)
  const pattern = readRule('trainBpe', options.pattern ?? 'gpt2')

  const counts = await countPieces('trainBpe', texts, { pattern }, { workers, progress })
  const firstByte = specialTokensAt === 'start' ? specialTokens.length : 0
  const byteIds = new Int32Array(256)
  const spellings: string[] = []
  alphabetOrder.forEach((byte, i) => {
    byteIds[byte] = firstByte + i
    spellings[firstByte + i] = String.fromCharCode(byte)
  })
  const firstId = firstByte + 256
  const last = vocabularySize - (specialTokensAt === 'end' ? specialTokens.length : 0)
  const merges = learnMerges(byteRows(counts, byteIds), {
    spellings,
    firstId,
    vocabularySize: last,
    minFrequency,
    maxTokenLength,
    reserved: new Set(specialTokens.flatMap((special) => spelledBy(special) ?? [])),
    order: tieBreaking === 'bytes' ? 'bytes' : 'ids',
    onMerge: (done) => progress?.({ task: 'merging', done, total: last - firstId, unit: 'merges' }),
  })
  return assemble(merges, firstByte, specialTokens, pattern)
}

function assemble(
  merges: Merges,
  firstByte: number,
  specialTokens: readonly string[],
  pattern: PatternRule,
): Tokenizer {
  const { left, right, spellings } = merges
  const utf8 = new TextEncoder()
  const special = specialTokens.map((name) => utf8.encode(name))
  const ordinary = spellings
    .slice(firstByte)
    .map((spelling) => Uint8Array.from(spelling, (character) => character.charCodeAt(0)))
  const firstSpecial = firstByte === 0 ? ordinary.length : 0
  return createTokenizer(
    bpeModel({
      pattern,
      tokens: tokenTable(
        firstSpecial === 0 ? [...special, ...ordinary] : [...ordinary, ...special],
      ),
      specialTokens: new Map(specialTokens.map((name, i) => [name, firstSpecial + i])),
      left,
      right,
      product: Int32Array.from(left, (_, rank) => firstByte + 256 + rank),
      ignoreMerges: false,
    }),
  )
}

/** What no merge may spell: a tokenizer.json names tokens by their spelling, so it would be the special token itself. */
function spelledBy(specialToken: string): string | undefined {
  const bytes = unspell(specialToken)
  return bytes === undefined ? undefined : String.fromCharCode(...bytes)
}

function checkNames(specialTokens: readonly string[]): void {
  const byte = specialTokens.find((name) => byteToCharacter.includes(name))
  if (byte !== undefined) {
    throw new RangeError(
      `trainBpe: expected special tokens of more than one character, got ${JSON.stringify(byte)}, which names a byte`,
    )
  }
}
