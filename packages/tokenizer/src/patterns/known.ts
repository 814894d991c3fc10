import type { PatternName } from './patterns.js'
import type { RegexSyntax } from './regex/syntax.js'

const TAIL = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`
const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const SIGNS = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`

/** The regular expression of each named pattern, which both engines take to mean the same. */
export const regexOf: Readonly<Record<PatternName, string>> = {
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  // That of tiktoken, but for the possessive {1,3}+ of its numbers, which Oniguruma takes for a repetition.
  cl100k: String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++\z|\s*[\r\n]|\s+(?!\S)|\s`,
  o200k: [
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+${CONTRACTIONS}?`,
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*${CONTRACTIONS}?`,
    String.raw`\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${TAIL}`,
  ].join('|'),
  llama3: String.raw`${CONTRACTIONS}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|${SIGNS}|${TAIL}`,
  qwen2: String.raw`${CONTRACTIONS}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|${SIGNS}|${TAIL}`,
  nanochat: String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
}

/** Further spellings that have been published. */
const spellings: readonly (readonly [regex: string, name: PatternName, syntax?: RegexSyntax])[] = [
  [
    String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?[\p{L}]+| ?[\p{N}]+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
    'gpt2',
  ],
  [String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, 'gpt2'],
  [
    String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`,
    'gpt2',
    'rust',
  ],
  [
    String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`,
    'cl100k',
    'rust',
  ],
  [
    String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
    'llama3',
  ],
]

/** The pattern with a scanner of its own that a regular expression means, if there is one. */
export function knownPattern(regex: string, syntax: RegexSyntax): PatternName | undefined {
  for (const [name, known] of Object.entries(regexOf)) {
    if (known === regex) return name as PatternName
  }
  return spellings.find(([known, , only]) => known === regex && (only ?? syntax) === syntax)?.[1]
}
