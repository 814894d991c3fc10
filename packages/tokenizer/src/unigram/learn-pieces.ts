import { expectedCounts, scoresFromCounts } from './expectation.js'
import { type Lattices, lattices, renamePieces } from './lattices.js'
import { PieceTrie } from './piece-trie.js'
import { type PieceList, reachablePieces, worthiestPieces } from './prune-pieces.js'
import { repeatedTexts } from './seed-pieces.js'
import type { TrainingWords } from './training-words.js'

export interface LearnOptions {
  /** Pieces wanted. */
  readonly size: number
  readonly seedSize: number
  readonly maxPieceLength: number
  readonly shrinkingFactor: number
  readonly subIterations: number
  readonly isValid: (text: string) => boolean
  /** Characters by their counts, which must be pieces. */
  readonly covered: ReadonlyMap<string, number>
  /** Called with the number of pieces that are left. */
  readonly onShrink: (left: number) => void
}

/** An unknown character is this far below the lowest score. */
const UNKNOWN_PENALTY = 10
/** Pieces that are expected less often go. */
const LEAST_EXPECTED = 0.5
/** Characters that lost their piece differ in score by this. */
const STEP = 0.0001

/** Learns pieces and their scores, the highest first. */
export function learnPieces(
  words: TrainingWords,
  options: LearnOptions,
): (readonly [string, number])[] {
  const { size, shrinkingFactor, subIterations, covered } = options
  const wanted = Math.floor(size * 1.1)
  let list = seeds(words, options)
  const trie = new PieceTrie()
  list.scores.forEach((_, piece) => {
    trie.add(textAt(words, list, piece), piece)
  })
  let cut = lattices(words, trie)
  const keep = (pieces: Int32Array, scores: Float64Array): void => {
    const renamed = new Int32Array(list.scores.length).fill(-1)
    pieces.forEach((piece, i) => {
      renamed[piece] = i
    })
    cut = renamePieces(cut, renamed)
    const starts = Uint32Array.from(pieces, (piece) => list.starts[piece] as number)
    const lengths = Uint32Array.from(pieces, (piece) => list.lengths[piece] as number)
    list = { starts, lengths, scores }
  }
  for (;;) {
    for (let i = 0; i < subIterations; i++) {
      const counts = expectedCounts(cut, list.scores, unknownScore(list))
      const left = Int32Array.from(counts.keys()).filter(
        (piece) => (counts[piece] as number) >= LEAST_EXPECTED,
      )
      keep(left, scoresFromCounts(Float64Array.from(left, (piece) => counts[piece] as number)))
    }
    options.onShrink(list.scores.length)
    const before = list.scores.length
    if (before <= wanted) break
    const most = Math.max(wanted, Math.floor(shrinkingFactor * before))
    const worthy = worthiestPieces(cut, list, unknownScore(list), most)
    keep(
      worthy,
      Float64Array.from(worthy, (piece) => list.scores[piece] as number),
    )
  }
  return finish(words, cut, list, covered, size)
}

/** All covered characters, and the texts that cover most of the words. */
function seeds(words: TrainingWords, options: LearnOptions): PieceList {
  const { seedSize, maxPieceLength, isValid, covered } = options
  const hasPairs = [...covered.keys()].some((character) => character.length > 1)
  const limit = (hasPairs ? 2 : 1) * maxPieceLength + 1
  const found = repeatedTexts(words, limit)
  const score = (i: number): number => (found.counts[i] as number) * (found.lengths[i] as number)
  const valid = Int32Array.from(found.starts.keys()).filter((i) => {
    if ((found.lengths[i] as number) >= limit) return false
    const text = textAt(words, found, i)
    return (
      !/^\p{Surrogate}|\p{Surrogate}$/u.test(text) && text.length > widthOf(text) && isValid(text)
    )
  })
  // By score, then in the order of the sorted suffixes, which is that of the texts.
  const sorted = valid.sort((a, b) => score(b) - score(a) || a - b).subarray(0, seedSize)
  const places = firstPlaces(words, covered)
  const scores = [...covered.values(), ...Array.from(sorted, score)]
  const total = Math.log(scores.reduce((sum, count) => sum + count, 0))
  return {
    starts: Uint32Array.from([...places, ...Array.from(sorted, (i) => found.starts[i] as number)]),
    lengths: Uint32Array.from([
      ...Array.from(covered.keys(), (character) => character.length),
      ...Array.from(sorted, (i) => found.lengths[i] as number),
    ]),
    scores: Float64Array.from(scores, (count) => Math.log(count) - total),
  }
}

/** Where each character stands first. */
function firstPlaces({ units }: TrainingWords, covered: ReadonlyMap<string, number>): number[] {
  const places = new Map<string, number>()
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number
    const pair = unit >= 0xd800 && unit < 0xdc00
    const text = pair
      ? String.fromCharCode(unit, units[i + 1] as number)
      : String.fromCharCode(unit)
    if (!places.has(text)) places.set(text, i)
    if (pair) i++
  }
  return Array.from(covered.keys(), (character) => places.get(character) as number)
}

function finish(
  words: TrainingWords,
  cut: Lattices,
  list: PieceList,
  covered: ReadonlyMap<string, number>,
  size: number,
): (readonly [string, number])[] {
  const reachable = reachablePieces(cut, list, unknownScore(list))
  const lowest = list.scores.reduce((min, score) => Math.min(min, score), 0)
  const learned = new Map<string, number>()
  reachable.forEach((use, piece) => {
    if (use) learned.set(textAt(words, list, piece), list.scores[piece] as number)
  })
  const chosen = new Map<string, number>()
  let penalty = 0
  for (const character of covered.keys()) {
    const score = learned.get(character)
    chosen.set(character, score ?? lowest + penalty)
    if (score === undefined) penalty += STEP
  }
  for (const [text, score] of sortPieces(learned)) {
    if (chosen.size >= size) break
    if (!chosen.has(text)) chosen.set(text, score)
  }
  return sortPieces(chosen)
}

function sortPieces(pieces: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...pieces].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}

function unknownScore({ scores }: PieceList): number {
  return scores.reduce((min, score) => Math.min(min, score), 0) - UNKNOWN_PENALTY
}

function widthOf(text: string): number {
  return (text.codePointAt(0) as number) > 0xffff ? 2 : 1
}

function textAt(
  { units }: TrainingWords,
  { starts, lengths }: Pick<PieceList, 'starts' | 'lengths'>,
  piece: number,
): string {
  const start = starts[piece] as number
  return String.fromCharCode(...units.subarray(start, start + (lengths[piece] as number)))
}
