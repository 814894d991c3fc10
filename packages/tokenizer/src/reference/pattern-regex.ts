import type { PatternName } from '../patterns/patterns.js'
import { categoryRanges, ranges } from '../unicode/classes.js'
import { whiteSpace } from '../unicode/ranges.js'

/**
 * The patterns as published, for the engine's own regular expressions, with the pinned Unicode classes and both cases
 * of contractions written out. `++` is `+` here: what follows can never match what the repetition would give back.
 */
export function patternRegex(name: PatternName): RegExp {
  const S = members(ranges(whiteSpace))
  const L = categories('L')
  const N = categories('N')
  const upper = categories('Lu', 'Lt', 'Lm', 'Lo', 'M')
  const lower = categories('Ll', 'Lm', 'Lo', 'M')
  const contraction = "'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])"
  const tail = `[${S}]*[\\r\\n]+|[${S}]+(?![^${S}])|[${S}]+`
  const cl100k = (digits: string, tail: string): string =>
    `${contraction}|[^\\r\\n${L}${N}]?[${L}]+|[${N}]${digits}| ?[^${S}${L}${N}]+[\\r\\n]*|${tail}`
  const sources: Readonly<Record<PatternName, string>> = {
    gpt2: `'s|'t|'re|'ve|'m|'ll|'d| ?[${L}]+| ?[${N}]+| ?[^${S}${L}${N}]+|[${S}]+(?![^${S}])|[${S}]+`,
    cl100k: cl100k('{1,3}', `[${S}]+$|${tail}`),
    o200k: [
      `[^\\r\\n${L}${N}]?[${upper}]*[${lower}]+(?:${contraction})?`,
      `[^\\r\\n${L}${N}]?[${upper}]+[${lower}]*(?:${contraction})?`,
      `[${N}]{1,3}| ?[^${S}${L}${N}]+[\\r\\n/]*|${tail}`,
    ].join('|'),
    llama3: cl100k('{1,3}', tail),
    qwen2: cl100k('', tail),
    nanochat: cl100k('{1,2}', tail),
  }
  return new RegExp(sources[name], 'gu')
}

function categories(...prefixes: string[]): string {
  return members(
    categoryRanges().filter(([, , name]) => prefixes.some((prefix) => name.startsWith(prefix))),
  )
}

function members(list: readonly (readonly [first: number, end: number, ...unknown[]])[]): string {
  return list
    .map(([first, end]) => `\\u{${first.toString(16)}}-\\u{${(end - 1).toString(16)}}`)
    .join('')
}
