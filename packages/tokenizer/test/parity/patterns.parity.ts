import { expect, test } from 'vitest'
import { findRegex } from '../../src/patterns/find-regex.js'
import { regexOf } from '../../src/patterns/known.js'
import type { PatternName } from '../../src/patterns/patterns.js'
import { contains } from '../../src/patterns/regex/code-point-set.js'
import { parseRegex } from '../../src/patterns/regex/parse.js'
import type { RegexSyntax } from '../../src/patterns/regex/syntax.js'
import { type PatternRule, patternOf } from '../../src/patterns/rule.js'
import { cutAtMatches, type SplitBehavior } from '../../src/pipeline/cut-at-matches.js'
import { patternCut } from '../../src/pipeline/pre-tokenizers/pattern-cut.js'
import { python } from './python.js'
import { edgeCases, randomTexts, realTexts } from './texts.js'

interface Found {
  readonly splits: string[][][]
  readonly cuts: string[][][]
  readonly properties: Record<string, string>[]
}

const spaces = [
  'a\n  ',
  'a \n\n b \r\n',
  ' \u00a0\n\t',
  "X'ſ 'S'LL\u212a",
  'ÀÉ\u0301x\u0301Y ʰAb',
  '//\n/\r\n!',
]
const texts = [...realTexts().slice(0, 20), ...edgeCases, ...spaces, ...randomTexts(500, 7)]

function split(rule: PatternRule, text: string): string[] {
  const pieces: string[] = []
  patternCut(patternOf(rule))(text, (start, end) => pieces.push(text.slice(start, end)))
  return pieces
}

/** Patterns of tiktoken 0.14, openai_public.py. */
const openai: readonly (readonly [PatternName, string])[] = [
  [
    'gpt2',
    String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`,
  ],
  [
    'cl100k',
    String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`,
  ],
  ['o200k', regexOf.o200k],
  ['llama3', regexOf.llama3],
  ['qwen2', regexOf.qwen2],
  ['nanochat', regexOf.nanochat],
]

test.each(openai)('%s: tiktoken and tokenizers cut into the same pieces', (name, regex) => {
  const mine = texts.map((text) => split(name, text))
  const pieces = [...new Set(mine.flat())]
  const { cuts, splits } = python<Found>('patterns.py', {
    texts,
    cuts: [{ regex, pieces }],
    splits: [{ regex: regexOf[name] }],
    properties: [],
  })
  texts.forEach((text, i) => {
    expect({ text, pieces: cuts[0]?.[i] }).toEqual({ text, pieces: mine[i] })
    expect({ text, pieces: splits[0]?.[i] }).toEqual({ text, pieces: mine[i] })
  })
})

/** Of published tokenizer.json files, and what else the syntax has. */
const regexes = [
  String.raw`[\r\n]`,
  String.raw`\s?\p{L}+`,
  String.raw`\p{N}{1,3}`,
  String.raw`[一-龥぀-ゟ゠-ヿ]+`,
  String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_${'`'}{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw` ?[^(\s|[.,!?…。，、।۔،])]+`,
  String.raw`[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+`,
  String.raw`\d{1,3}(?=(?:\d{3})*\b)|\D+`,
  String.raw`(?i:it|THE)\b|\w+?(?=s)|^.|.$`,
  String.raw`(?<=[a-z])(?=[A-Z])|(?<!\w)\w`,
  String.raw`[[:alpha:]]+|[[:^alpha:]&&[^ ]]`,
  String.raw`\h{2}|\R|\x{e9}|\u4e2d|[\t-\r]`,
  String.raw`a{,2}b|e{2}?|(?:s|ss){1,2}+`,
  String.raw`(?x) th # comment
    [ei] | \ [a-c]`,
]
const behaviors: SplitBehavior[] = [
  'Isolated',
  'Removed',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
]

test.each(regexes)('tokenizers splits by %s as we do, in all ways', (regex) => {
  const names = {
    Isolated: 'isolated',
    Removed: 'removed',
    MergedWithPrevious: 'merged_with_previous',
    MergedWithNext: 'merged_with_next',
    Contiguous: 'contiguous',
  }
  const ways = behaviors.flatMap((behavior) =>
    [false, true].map((invert) => ({ behavior, invert })),
  )
  const { splits } = python<Found>('patterns.py', {
    texts,
    cuts: [],
    properties: [],
    splits: ways.map(({ behavior, invert }) => ({ regex, invert, behavior: names[behavior] })),
  })
  ways.forEach(({ behavior, invert }, way) => {
    const cut = cutAtMatches(findRegex(regex), behavior, invert)
    texts.forEach((text, i) => {
      const pieces: string[] = []
      cut(text, (start, end) => pieces.push(text.slice(start, end)))
      expect({ behavior, invert, text, pieces: splits[way]?.[i] }).toEqual({
        behavior,
        invert,
        text,
        pieces,
      })
    })
  })
})

const both: RegexSyntax[] = ['oniguruma', 'rust']
const properties: readonly (readonly [regex: string, engines: readonly RegexSyntax[]])[] = [
  ...'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn'
    .split(' ')
    .map((name) => [`\\p{${name}}`, both] as const),
  ...'Letter Han Hiragana Latin Cyrillic Arabic Hangul Thai Devanagari Common Inherited Alphabetic Lowercase Uppercase White_Space Emoji Ideographic'
    .split(' ')
    .map((name) => [`\\p{${name}}`, both] as const),
  ...['\\w', '\\d', '\\s', '\\h', '.'].map((regex) => [regex, both] as const),
  ...'alpha digit alnum upper lower punct space cntrl graph print blank xdigit word'
    .split(' ')
    .map((name) => [`[[:${name}:]]`, both] as const),
  ['[\\w]', both],
  ['(?i:k)', both],
  ['(?i:[r-t])', both],
]

test('properties and classes have the code points that they have in both engines', () => {
  const engine = { oniguruma: 'tokenizers', rust: 'tiktoken' }
  const { properties: found } = python<Found>('patterns.py', {
    texts: [],
    splits: [],
    cuts: [],
    properties: properties.map(([regex, syntaxes]) => ({
      regex,
      engines: syntaxes.map((syntax) => engine[syntax]),
    })),
  })
  const differing: string[] = []
  properties.forEach(([regex, syntaxes], i) => {
    for (const syntax of syntaxes) {
      const node = parseRegex(regex, syntax)
      if (node.type !== 'characters') throw new Error(`${regex} is not one character`)
      const theirs = new Set(found[i]?.[engine[syntax]])
      const mine = new Set<string>()
      for (const [first, end] of node.set) {
        for (let p = first; p < end; p++)
          if (p < 0xd800 || p > 0xdfff) mine.add(String.fromCodePoint(p))
      }
      const wrong = [...mine]
        .filter((c) => !theirs.has(c))
        .concat([...theirs].filter((c) => !mine.has(c)))
      if (wrong.length > 0)
        differing.push(
          `${syntax} ${regex}: ${wrong.length}, as ${wrong[0]?.codePointAt(0)?.toString(16)} ${contains(node.set, wrong[0]?.codePointAt(0) ?? 0)}`,
        )
    }
  })
  expect(differing).toEqual([])
})
