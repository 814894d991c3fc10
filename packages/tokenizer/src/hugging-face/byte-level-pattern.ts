import { type PatternRule, regexesOf, regexRule } from '../patterns/rule.js'
import { isRecord } from './check.js'
import type { PartJson } from './format.js'

/** The pre-tokenizer of byte-level BPE with a pattern: GPT-2's is part of `ByteLevel`, others are splits in front of it. */
export function patternToJson(pattern: PatternRule): PartJson {
  if (pattern === 'gpt2') return byteLevelJson(true)
  const splits = regexesOf(pattern).map((Regex) => ({
    type: 'Split',
    pattern: { Regex },
    behavior: 'Isolated',
    invert: false,
  }))
  return { type: 'Sequence', pretokenizers: [...splits, byteLevelJson(false)] }
}

function byteLevelJson(useRegex: boolean): PartJson {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: useRegex }
}

/** The pattern of a pre-tokenizer of that shape, as `readPreTokenizer` gives it. Undefined for other shapes. */
export function patternFromJson(json: PartJson): PatternRule | undefined {
  if (json.type === 'ByteLevel') return json.use_regex === true ? 'gpt2' : undefined
  if (json.type !== 'Sequence' || !Array.isArray(json.pretokenizers)) return undefined
  const parts: readonly unknown[] = json.pretokenizers
  const splits = parts.slice(0, -1).map(isolatedRegex)
  const last = parts.at(-1)
  if (!isRecord(last) || last.type !== 'ByteLevel' || last.add_prefix_space !== false) {
    return undefined
  }
  if (splits.length === 0 || splits.includes(undefined)) return undefined
  const rules = splits.flatMap((regex) =>
    regex === undefined ? [] : [regexRule(regex, 'oniguruma')],
  )
  if (last.use_regex === true) rules.push('gpt2')
  return rules.length === 1 ? rules[0] : rules
}

function isolatedRegex(part: unknown): string | undefined {
  if (!isRecord(part) || part.type !== 'Split' || !isRecord(part.pattern)) return undefined
  const { behavior, invert, pattern } = part
  const regex = pattern.Regex
  const isolates = behavior === 'Isolated' && invert === false
  return isolates && typeof regex === 'string' ? regex : undefined
}
