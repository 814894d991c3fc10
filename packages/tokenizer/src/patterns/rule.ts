import { knownPattern, regexOf } from './known.js'
import type { Pattern } from './pattern.js'
import { type PatternName, pattern } from './patterns.js'
import { parseRegex } from './regex/parse.js'
import { regexPattern } from './regex/regex-pattern.js'
import type { RegexSyntax } from './regex/syntax.js'
import { sequencePattern } from './sequence-pattern.js'

/** A pattern that has no name: a regular expression whose matches, and what lies between them, are the pieces. */
export interface RegexRule {
  readonly regex: string
  /**
   * The engine whose syntax it is in, where that makes a difference. Default: `'oniguruma'`, that of a tokenizer.json, but
   * `'rust'` for a `.tiktoken` file.
   */
  readonly syntax?: RegexSyntax
}

/** How text is cut: as plain data, for files and the hash. Several cut one after another the pieces of those before. */
export type PatternRule = PatternName | RegexRule | readonly (PatternName | RegexRule)[]

/**
 * The rule of a regular expression: by name where its pattern is known, and without a syntax where it means the same in both.
 *
 * @throws RangeError that names what is wrong with the expression, or not supported, and its offset
 */
export function regexRule(regex: string, syntax: RegexSyntax): PatternName | RegexRule {
  const known = knownPattern(regex, syntax)
  if (known !== undefined) return known
  regexPattern(regex, syntax)
  return syntax === 'rust' && !meansTheSame(regex) ? { regex, syntax } : { regex }
}

/**
 * The rule that an option asks for.
 *
 * @throws RangeError when the pattern is not known, or the expression is not one
 */
export function readRule(
  name: string,
  asked: PatternName | RegexRule,
  defaultSyntax: RegexSyntax = 'oniguruma',
): PatternName | RegexRule {
  if (typeof asked === 'string') {
    if (Object.hasOwn(regexOf, asked)) return asked
    const names = Object.keys(regexOf).join(', ')
    throw new RangeError(
      `${name}: expected pattern to be one of ${names}, or { regex }, got ${JSON.stringify(asked)}`,
    )
  }
  const { regex, syntax = defaultSyntax } = asked
  if (typeof regex !== 'string' || (syntax !== 'oniguruma' && syntax !== 'rust')) {
    throw new TypeError(
      `${name}: expected pattern to be a name or { regex: string, syntax?: 'oniguruma' | 'rust' }, got ${JSON.stringify(asked)}`,
    )
  }
  return regexRule(regex, syntax)
}

/** Makes the pattern of a rule. */
export function patternOf(rule: PatternRule): Pattern {
  if (typeof rule === 'string') return pattern(rule)
  if (!isList(rule)) return regexPattern(rule.regex, rule.syntax ?? 'oniguruma')
  return sequencePattern(rule.map(patternOf))
}

/**
 * The expressions of a rule in Oniguruma's syntax, as a tokenizer.json has them.
 *
 * @throws RangeError when one means something else there
 */
export function regexesOf(rule: PatternRule): string[] {
  if (typeof rule === 'string') return [regexOf[rule]]
  if (isList(rule)) return rule.flatMap(regexesOf)
  if (rule.syntax !== 'rust') return [rule.regex]
  throw new RangeError(
    `toJSON: expected a pattern that means the same in a tokenizer.json, got ${JSON.stringify(rule.regex)}; write \\z for $, and (?>...) around {n,m} for {n,m}+`,
  )
}

export function isList(
  rule: Exclude<PatternRule, PatternName>,
): rule is readonly (PatternName | RegexRule)[] {
  return Array.isArray(rule)
}

function meansTheSame(regex: string): boolean {
  try {
    const [a, b] = (['oniguruma', 'rust'] as const).map((syntax) =>
      JSON.stringify(parseRegex(regex, syntax)),
    )
    return a === b
  } catch {
    return false
  }
}
