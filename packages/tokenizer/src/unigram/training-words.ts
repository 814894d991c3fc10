import type { Progress } from '@llm/data'
import { checkTexts } from '../check-texts.js'
import { SPACE_MARK_UNIT } from '../sentencepiece/model-file.js'
import { NormalizedText } from '../sentencepiece/normalized-text.js'
import type { Settings } from '../sentencepiece/read-file.js'
import { lastBorder, wordEnd } from '../sentencepiece/word-borders.js'
import { coveringCharacters } from '../training/covering-characters.js'
import { type TrainingTexts, textOf } from '../training/texts.js'
import { PieceTrie } from './piece-trie.js'

/** Stands in `units` for a character that gets no piece; no character of Unicode. */
export const UNCOVERED = 0xffff

/** Distinct words in a row, each ended by a zero. */
export interface TrainingWords {
  readonly units: Uint16Array
  /** Where each word starts in `units`, and where the one after the last would. */
  readonly starts: Uint32Array
  readonly counts: Float64Array
}

/** Normalizes texts, cuts them before the spaces that start a word and at the user's symbols, and counts the words. */
export async function countWords(
  name: string,
  texts: TrainingTexts,
  settings: Settings,
  symbols: readonly string[],
  progress: Progress | undefined,
): Promise<Map<string, number>> {
  checkTexts(name, texts)
  const shown = new NormalizedText(settings, symbols)
  const trie = new PieceTrie()
  symbols.forEach((symbol, i) => {
    trie.add(symbol, i)
  })
  const counts = new Map<string, number>()
  let done = 0
  const count = (units: Uint16Array, from: number, to: number): void => {
    if (to <= from) return
    let word = ''
    for (let at = from; at < to; at += 4096) {
      word += String.fromCharCode(...units.subarray(at, Math.min(to, at + 4096)))
    }
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  for await (const item of texts) {
    const text = textOf(name, item)
    shown.open(text)
    let stop: number
    do {
      const { units, end, last } = shown
      stop = last ? end : lastBorder(units, end, 'before', SPACE_MARK_UNIT)
      for (let at = 0; at < stop; ) {
        const to = wordEnd(units, at, stop, 'before', SPACE_MARK_UNIT)
        let from = at
        while (at < to) {
          const symbol = symbols.length === 0 ? at : trie.longest(units, at, to)
          if (symbol === at) at++
          else {
            count(units, from, at)
            at = symbol
            from = symbol
          }
        }
        count(units, from, to)
      }
    } while (shown.advance(stop))
    done += text.length
    progress?.({ task: 'counting words', done, unit: 'characters' })
  }
  return counts
}

/** The words in an order of their own, with the characters outside of `covered` marked. */
export function trainingWords(
  counts: ReadonlyMap<string, number>,
  covered: ReadonlySet<string>,
): TrainingWords {
  const words = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  const starts = new Uint32Array(words.length + 1)
  words.forEach(([word], i) => {
    starts[i + 1] = (starts[i] as number) + word.length + 1
  })
  const units = new Uint16Array(starts[words.length] as number)
  words.forEach(([word], i) => {
    let at = starts[i] as number
    for (const character of word) {
      const known = covered.has(character)
      for (let k = 0; k < character.length; k++) {
        units[at++] = known ? character.charCodeAt(k) : UNCOVERED
      }
    }
  })
  return { units, starts, counts: Float64Array.from(words, ([, count]) => count) }
}

/** Characters by count, from the most frequent, until they make up `coverage` of all. */
export function coveredCharacters(
  counts: ReadonlyMap<string, number>,
  coverage: number,
): Map<string, number> {
  const found = new Map<number, number>()
  for (const [word, count] of counts) {
    for (const character of word) {
      const point = character.codePointAt(0) as number
      if (point !== UNCOVERED) found.set(point, (found.get(point) ?? 0) + count)
    }
  }
  const points = coveringCharacters('trainUnigram', found, { characterCoverage: coverage })
  return new Map(points.map((point) => [String.fromCodePoint(point), found.get(point) ?? 0]))
}
