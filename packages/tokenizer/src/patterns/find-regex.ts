import type { FindMatches } from '../pipeline/find-matches.js'
import { knownPattern } from './known.js'
import { pattern } from './patterns.js'
import { NONE } from './regex/matcher.js'
import { compileRegex } from './regex/regex-pattern.js'
import { unitsIn, width } from './utf8.js'

/**
 * Finds the matches of a regular expression in Oniguruma's syntax, as a tokenizer.json has it, in time linear in the text. An
 * empty match where the one before ends does not count.
 *
 * @throws RangeError when the expression is not one, or has something that is not supported
 */
export function findRegex(regex: string): FindMatches {
  const find = byteMatches(regex)
  const utf8 = new TextEncoder()
  return (text, emit) => {
    const bytes = utf8.encode(text)
    let at = 0
    let units = 0
    find(bytes, (start, end) => {
      const from = units + unitsIn(bytes, at, start)
      units = from + unitsIn(bytes, start, end)
      at = end
      emit(from, units)
    })
  }
}

function byteMatches(
  regex: string,
): (bytes: Uint8Array, emit: (start: number, end: number) => void) => void {
  const name = knownPattern(regex, 'oniguruma')
  if (name !== undefined) {
    const { next } = pattern(name)
    return (bytes, emit) => {
      for (let p = 0; p < bytes.length; ) {
        const q = next(bytes, p, bytes.length, true)
        emit(p, q)
        p = q
      }
    }
  }
  const { matchEnd, reset } = compileRegex(regex, 'oniguruma')
  return (bytes, emit) => {
    reset()
    let before = -1
    for (let p = 0; p <= bytes.length; ) {
      const q = matchEnd(bytes, p, bytes.length, true)
      if (q !== NONE && (q > p || p !== before)) emit(p, q)
      if (q > p) before = q
      p = q > p ? q : p + width(p < bytes.length ? (bytes[p] as number) : 0)
    }
  }
}
