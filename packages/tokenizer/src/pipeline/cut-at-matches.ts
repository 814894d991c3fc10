import type { FindMatches } from './find-matches.js'
import type { Cut } from './pre-tokenizer.js'

/** What becomes of what a pre-tokenizer cuts at, by the names of tokenizer.json. */
export type SplitBehavior =
  | 'Removed'
  | 'Isolated'
  | 'MergedWithPrevious'
  | 'MergedWithNext'
  | 'Contiguous'

/** Cuts a text at matches. With `invert` the matches are what lies between. */
export function cutAtMatches(find: FindMatches, behavior: SplitBehavior, invert = false): Cut {
  const make = joiners[behavior]
  return (text, emit) => {
    // An empty match is no piece, but parts what stands around it.
    const { add, end } = make((start, to) => {
      if (to > start) emit(start, to)
    })
    let from = 0
    find(text, (start, to) => {
      if (start > from) add(from, start, invert)
      add(start, to, !invert)
      from = to
    })
    if (from < text.length) add(from, text.length, invert)
    end()
  }
}

/** Takes the parts of a text in order, and emits pieces. */
interface Joiner {
  add(start: number, end: number, isMatch: boolean): void
  end(): void
}

type Emit = (start: number, end: number) => void

const joiners: Readonly<Record<SplitBehavior, (emit: Emit) => Joiner>> = {
  Removed: (emit) => ({
    add(start, end, isMatch) {
      if (!isMatch) emit(start, end)
    },
    end() {},
  }),
  Isolated: (emit) => ({ add: emit, end() {} }),
  Contiguous: (emit) => joining(emit, (before, isMatch) => before === isMatch),
  // A match joins what is no match: of two in a row the second stays alone.
  MergedWithPrevious: (emit) => joining(emit, (before, isMatch) => isMatch && !before),
  MergedWithNext: (emit) => joining(emit, (before, isMatch) => before && !isMatch),
}

/** Keeps a piece back until it is known what follows. */
function joining(emit: Emit, joins: (before: boolean, isMatch: boolean) => boolean): Joiner {
  let from = -1
  let to = 0
  let before = false
  return {
    add(start, end, isMatch) {
      if (from >= 0 && !joins(before, isMatch)) {
        emit(from, to)
        from = -1
      }
      if (from < 0) from = start
      to = end
      before = isMatch
    },
    end() {
      if (from >= 0) emit(from, to)
    },
  }
}
