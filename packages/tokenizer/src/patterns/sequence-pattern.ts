import type { Pattern } from './pattern.js'
import { UNDECIDED } from './regex/matcher.js'

/** Patterns one after another, each on every piece of the one before as if it were a text. The text is held in memory as a whole. */
export function sequencePattern(patterns: readonly Pattern[]): Pattern {
  /** What each pattern cuts: the text, then the piece of the pattern before that has been come to. */
  const pieces: Uint8Array[] = []
  /** Where the piece that the pattern came to last begins and ends in the text. */
  const starts = new Int32Array(patterns.length + 1)
  const ends = new Int32Array(patterns.length + 1)

  return {
    next(bytes, start, end, last) {
      if (!last) return UNDECIDED
      if (start === 0) ends.fill(0)
      pieces[0] = bytes.subarray(0, end)
      patterns.forEach(({ next }, level) => {
        if (start < (ends[level + 1] as number)) return
        const whole = pieces[level] as Uint8Array
        const from = start - (starts[level] as number)
        const to = next(whole, from, whole.length, true)
        starts[level + 1] = start
        ends[level + 1] = (starts[level] as number) + to
        pieces[level + 1] = whole.subarray(from, to)
      })
      return ends[patterns.length] as number
    },
  }
}
