import { type Lattices, NO_PIECE_ID } from './lattices.js'

/** Sums below this are multiplied by `LIFT`, so that products over long words do not vanish. */
const SMALL = 1e-100
const LIFT = 1e100

/**
 * How often each piece is to be expected when every way to cut a word counts by its probability: one pass forward with
 * sums of probabilities, one back that hands the occurrences of a word down to its arcs. Linear in the arcs.
 */
export function expectedCounts(
  { words, first, pieces, lengths }: Lattices,
  scores: Float64Array,
  unknownScore: number,
): Float64Array {
  const { starts, counts } = words
  const probabilities = scores.map(Math.exp)
  const unknown = Math.exp(unknownScore)
  const expected = new Float64Array(scores.length)
  /** By place in the word: probability of all ways to get there, how often it was lifted, expected visits. */
  let sums = new Float64Array(64)
  let lifts = new Int32Array(64)
  let visits = new Float64Array(64)

  for (let word = 0; word < counts.length; word++) {
    const from = starts[word] as number
    const length = (starts[word + 1] as number) - 1 - from
    if (length >= sums.length) {
      sums = new Float64Array(2 * length)
      lifts = new Int32Array(2 * length)
      visits = new Float64Array(2 * length)
    }
    sums.fill(0, 0, length + 1)
    lifts.fill(0, 0, length + 1)
    visits.fill(0, 0, length + 1)
    sums[0] = 1
    let reached = 0
    let lifted = 0
    for (let i = 0; i < length; i++) {
      if (sums[i] === 0) continue
      while ((sums[i] as number) < SMALL) {
        lifted++
        for (let k = i; k <= reached; k++) sums[k] = (sums[k] as number) * LIFT
      }
      lifts[i] = lifted
      const sum = sums[i] as number
      for (let arc = first[from + i] as number; arc < (first[from + i + 1] as number); arc++) {
        const piece = pieces[arc] as number
        const to = i + (lengths[arc] as number)
        const p = piece === NO_PIECE_ID ? unknown : (probabilities[piece] as number)
        sums[to] = (sums[to] as number) + sum * p
        if (to > reached) reached = to
      }
    }
    lifts[length] = lifted
    visits[length] = counts[word] as number
    for (let i = length - 1; i >= 0; i--) {
      let visited = 0
      for (let arc = first[from + i] as number; arc < (first[from + i + 1] as number); arc++) {
        const piece = pieces[arc] as number
        const to = i + (lengths[arc] as number)
        const p = piece === NO_PIECE_ID ? unknown : (probabilities[piece] as number)
        let share = ((sums[i] as number) * p) / (sums[to] as number)
        for (let k = lifts[i] as number; k < (lifts[to] as number); k++) share *= LIFT
        const occurrences = (visits[to] as number) * share
        visited += occurrences
        if (piece !== NO_PIECE_ID) expected[piece] = (expected[piece] as number) + occurrences
      }
      visits[i] = visited
    }
  }
  return expected
}

/**
 * Scores from expected counts: digamma instead of the logarithm, which favours few pieces. From "Structured Bayesian
 * Nonparametric Models with Variational Inference" (Liang and Klein, 2007).
 */
export function scoresFromCounts(counts: Float64Array): Float64Array {
  const total = digamma(counts.reduce((sum, count) => sum + count, 0))
  return counts.map((count) => digamma(count) - total)
}

/** The derivative of the logarithm of the gamma function, for x > 0, by its asymptotic series. */
export function digamma(x: number): number {
  let result = 0
  let at = x
  for (; at < 7; at++) result -= 1 / at
  at -= 0.5
  const square = 1 / (at * at)
  return (
    result +
    Math.log(at) +
    square * (1 / 24 - square * (7 / 960 - square * (31 / 8064 - (square * 127) / 30720)))
  )
}
