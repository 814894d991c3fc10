import { type AlphabetOptions, chooseAlphabet, countCharacters } from './alphabet.js'
import { countPieces } from './count-pieces.js'
import { checkAtLeast, checkChoice, checkOptions, type MergeOptions } from './options.js'
import type { Parts } from './parts-counter.js'
import { placeSpecial } from './special-ids.js'
import type { TrainingTexts } from './texts.js'
import { learnWordMerges, type WordMarks, type WordMerges, wordSymbols } from './word-merges.js'

/** Options of trainers that merge the characters of words. */
export interface MarkedWordOptions extends MergeOptions, AlphabetOptions {
  /** Longest token, in characters without marks. Default: no limit. */
  readonly maxTokenLength?: number
}

export interface MarkedWords extends Pick<WordMerges, 'merges'> {
  /** In the order of the ids. */
  readonly names: readonly string[]
  readonly specialTokens: ReadonlyMap<string, number>
}

/** Counts words and learns merges of their characters: what end-of-word BPE and WordPiece have in common. */
export async function trainMarkedWords(
  name: string,
  texts: TrainingTexts,
  options: MarkedWordOptions,
  specialTokens: readonly string[],
  parts: Parts,
  marks: WordMarks,
): Promise<MarkedWords> {
  const { vocabularySize, progress, tieBreaking = 'hugging-face' } = options
  const { maxTokenLength = Number.POSITIVE_INFINITY } = options
  const base = { size: 1, what: '1 character' }
  const { specialTokensAt, minFrequency, workers } = checkOptions(
    name,
    options,
    specialTokens,
    base,
  )
  checkAtLeast(name, 'maxTokenLength', maxTokenLength, 2)
  checkChoice(name, 'tieBreaking', tieBreaking, ['hugging-face', 'bytes'])

  const words = await countPieces(name, texts, { parts }, { workers, progress })
  const alphabet = chooseAlphabet(name, countCharacters(words), options)
  const symbols = wordSymbols(words, alphabet, marks)
  checkSymbols(name, symbols, specialTokens, vocabularySize)
  const size = vocabularySize - (specialTokensAt === 'end' ? specialTokens.length : 0)
  const firstId = specialTokensAt === 'end' ? 0 : specialTokens.length
  const total = size - firstId - symbols.length
  const { names, merges } = learnWordMerges(words, alphabet, symbols, {
    firstId,
    vocabularySize: size,
    minFrequency,
    maxTokenLength,
    order: tieBreaking === 'bytes' ? 'bytes' : 'ids',
    marks,
    reserved: specialTokens,
    onMerge: (done) => progress?.({ task: 'merging', done, total, unit: 'merges' }),
  })
  return { merges, ...placeSpecial(names, specialTokens, specialTokensAt) }
}

function checkSymbols(
  name: string,
  symbols: readonly string[],
  specialTokens: readonly string[],
  vocabularySize: number,
): void {
  const taken = symbols.find((symbol) => specialTokens.includes(symbol))
  if (taken !== undefined) {
    throw new RangeError(
      `${name}: expected special tokens that are not characters of the texts, got ${JSON.stringify(taken)}`,
    )
  }
  const least = symbols.length + specialTokens.length
  if (vocabularySize < least) {
    throw new RangeError(
      `${name}: expected vocabularySize of at least ${least} for ${symbols.length} characters, with and without their marks, and ${specialTokens.length} special tokens, got ${vocabularySize}; raise it, or set alphabetLimit`,
    )
  }
}
