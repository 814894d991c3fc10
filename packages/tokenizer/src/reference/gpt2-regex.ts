import { ranges } from '../unicode/classes.js'
import { letters, numbers, whiteSpace } from '../unicode/ranges.js'

/** GPT-2's pattern as published, for the engine's own regular expressions, with the pinned Unicode classes written out. */
export function gpt2Regex(): RegExp {
  const [L, N, S] = [members(letters), members(numbers), members(whiteSpace)]
  return new RegExp(
    `'s|'t|'re|'ve|'m|'ll|'d| ?[${L}]+| ?[${N}]+| ?[^${S}${L}${N}]+|[${S}]+(?![^${S}])|[${S}]+`,
    'gu',
  )
}

function members(runs: string): string {
  return ranges(runs)
    .map(([first, end]) => `\\u{${first.toString(16)}}-\\u{${(end - 1).toString(16)}}`)
    .join('')
}
