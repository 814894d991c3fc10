import type { Pattern } from '../pattern.js'
import { width } from '../utf8.js'
import { withoutAtomic } from './atomic.js'
import { regexClasses } from './classes.js'
import { type Matcher, NONE, regexMatcher, UNDECIDED } from './matcher.js'
import { parseRegex } from './parse.js'
import { toProgram } from './program.js'
import type { RegexSyntax } from './syntax.js'

/** A regular expression ready to find matches in UTF-8. Its slow twin is `matchReference`. */
export function compileRegex(source: string, syntax: RegexSyntax): Matcher {
  const program = toProgram(withoutAtomic(parseRegex(source, syntax)))
  return regexMatcher(program, regexClasses(program))
}

/**
 * A pattern whose pieces are the matches of a regular expression, and what lies between them. A look behind needs the
 * text from its start, which is then held in memory as a whole.
 *
 * @throws RangeError when the expression is not one, or has something that is not supported
 */
export function regexPattern(source: string, syntax: RegexSyntax): Pattern {
  const matcher = compileRegex(source, syntax)
  return {
    next(bytes, start, end, last) {
      if (matcher.looksBehind && !last) return UNDECIDED
      if (start === 0) matcher.reset()
      let found = matcher.matchEnd(bytes, start, end, last)
      if (found > start || found === UNDECIDED) return found
      // No match, or an empty one: all up to where the next begins.
      let p = start
      do {
        p += width(bytes[p] as number)
        if (p >= end) return last ? end : UNDECIDED
        found = matcher.matchEnd(bytes, p, end, last)
      } while (found === NONE)
      return found === UNDECIDED ? UNDECIDED : p
    },
  }
}
