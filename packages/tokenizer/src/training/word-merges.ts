import { type LearnOptions, learnMerges } from '../bpe/learn-merges.js'
import { characterRows, type SymbolOf } from './character-rows.js'
import type { PieceCounts } from './piece-counts.js'
import { fromSpelling, toSpelling } from './spelling.js'

/** What tells the characters of a word apart by their place; empty for nothing. */
export interface WordMarks {
  /** Stands before each character that is not the first. */
  readonly prefix: string
  /** Stands after the last character. */
  readonly suffix: string
}

/**
 * The symbols that words start from: the characters of the alphabet, then those with marks that occur, sorted by mark and
 * code point, where Hugging Face's trainers have them in an order that changes from run to run.
 */
export function wordSymbols(
  words: PieceCounts,
  alphabet: readonly number[],
  marks: WordMarks,
): string[] {
  const kept = new Set(alphabet)
  const found = new Map<string, readonly [kind: number, point: number]>()
  const plain = alphabet.map((point) => String.fromCodePoint(point))
  characterRows(
    words,
    (point, first, last) => {
      if (kept.has(point)) {
        const kind = kindOf(first, last)
        const name = marked(point, kind, marks)
        if (!found.has(name)) found.set(name, [kind, point])
      }
      return -1
    },
    'close',
  )
  for (const name of plain) found.delete(name)
  const others = [...found].sort(([, [a, x]], [, [b, y]]) => a - b || x - y)
  return [...plain, ...others.map(([name]) => name)]
}

export interface WordMergeOptions
  extends Pick<
    LearnOptions,
    'firstId' | 'vocabularySize' | 'minFrequency' | 'maxTokenLength' | 'order'
  > {
  readonly marks: WordMarks
  /** What no token may be named. */
  readonly reserved: readonly string[]
  readonly onMerge?: (merges: number) => void
}

/** Merges of words, and the names of all tokens from `firstId` on: the symbols, then what the merges make. */
export interface WordMerges {
  readonly names: readonly string[]
  readonly merges: readonly (readonly [string, string])[]
}

/** Learns the merges of words that start from these symbols, which get the ids from `firstId` on. */
export function learnWordMerges(
  words: PieceCounts,
  alphabet: readonly number[],
  symbols: readonly string[],
  { marks, reserved, firstId, ...options }: WordMergeOptions,
): WordMerges {
  const spellings = new Array<string>(firstId)
  for (const symbol of symbols) spellings.push(toSpelling(symbol))
  const prefix = toSpelling(marks.prefix)
  const rows = characterRows(words, symbolFinder(alphabet, symbols, firstId, marks), 'close')
  const {
    left,
    right,
    spellings: all,
  } = learnMerges(rows, {
    ...options,
    spellings,
    firstId: spellings.length,
    reserved: new Set(reserved.map(toSpelling)),
    join: (a, b) => a + (prefix !== '' && b.startsWith(prefix) ? b.slice(prefix.length) : b),
  })
  const names = all.slice(firstId).map(fromSpelling)
  const name = (id: number): string => names[id - firstId] as string
  return {
    names,
    merges: Array.from(left, (a, rank) => [name(a), name(right[rank] as number)] as const),
  }
}

function symbolFinder(
  alphabet: readonly number[],
  symbols: readonly string[],
  firstId: number,
  marks: WordMarks,
): SymbolOf {
  const ids = new Map(symbols.map((name, i) => [name, firstId + i]))
  const tables = [0, 1, 2, 3].map(
    (kind) => new Map(alphabet.map((point) => [point, ids.get(marked(point, kind, marks)) ?? -1])),
  )
  return (point, first, last) => tables[kindOf(first, last)]?.get(point) ?? -1
}

function kindOf(first: boolean, last: boolean): number {
  return (first ? 0 : 1) | (last ? 2 : 0)
}

function marked(point: number, kind: number, { prefix, suffix }: WordMarks): string {
  return (kind & 1 ? prefix : '') + String.fromCodePoint(point) + (kind & 2 ? suffix : '')
}
