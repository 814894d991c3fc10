import type { Cut } from '../pre-tokenizer.js'

/** Cuts into runs of characters of one class; class 0 is left out. */
export function runs(classOf: (point: number) => number): Cut {
  return (text, emit) => {
    let from = 0
    let kind = 0
    for (let i = 0; i < text.length; ) {
      const point = text.codePointAt(i) as number
      const found = classOf(point)
      if (found !== kind) {
        if (kind !== 0) emit(from, i)
        from = i
        kind = found
      }
      i += point > 0xffff ? 2 : 1
    }
    if (kind !== 0) emit(from, text.length)
  }
}
