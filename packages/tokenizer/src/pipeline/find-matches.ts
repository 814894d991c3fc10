/** Calls `emit` for the matches of something in a text, in order and without overlap. */
export type FindMatches = (text: string, emit: (start: number, end: number) => void) => void

/** Finds a text as it is spelled. */
export function findText(wanted: string): FindMatches {
  return (text, emit) => {
    // An empty text would be everywhere; it is taken to be nowhere.
    if (wanted === '') return
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      emit(at, at + wanted.length)
    }
  }
}

/** Finds characters, each for itself. */
export function findCharacters(matches: (point: number) => boolean): FindMatches {
  return (text, emit) => {
    for (let i = 0; i < text.length; ) {
      const point = text.codePointAt(i) as number
      const next = i + (point > 0xffff ? 2 : 1)
      if (matches(point)) emit(i, next)
      i = next
    }
  }
}
