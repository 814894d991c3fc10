import type { Pattern } from '../../patterns/pattern.js'
import { unitsIn } from '../../patterns/utf8.js'
import type { Cut } from '../pre-tokenizer.js'

/** Cuts a text into the pieces of a pattern, which sees it as UTF-8. */
export function patternCut({ next }: Pattern): Cut {
  const utf8 = new TextEncoder()
  return (text, emit) => {
    const bytes = utf8.encode(text)
    let from = 0
    for (let start = 0; start < bytes.length; ) {
      const end = next(bytes, start, bytes.length, true)
      const to = from + unitsIn(bytes, start, end)
      emit(from, to)
      from = to
      start = end
    }
  }
}
