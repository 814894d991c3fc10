import { cutAtMatches, type SplitBehavior } from '../pipeline/cut-at-matches.js'
import type { PreTokenizer } from '../pipeline/pre-tokenizer.js'
import { byteLevel } from '../pipeline/pre-tokenizers/byte-level.js'
import * as cuts from '../pipeline/pre-tokenizers/character-cuts.js'
import { metaspace, type PrependScheme } from '../pipeline/pre-tokenizers/metaspace.js'
import { fail, type Json } from './check.js'
import type { PartJson } from './format.js'
import { readFind } from './read-find.js'
import { type ReadPart, readParts } from './read-parts.js'
import { character, choice, count, flag } from './settings.js'

const BEHAVIORS: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
]

const readers: ReadonlyMap<string, ReadPart<PreTokenizer>> = /* @__PURE__ */ new Map<
  string,
  ReadPart<PreTokenizer>
>([
  ['BertPreTokenizer', () => cuts.bertPreTokenizer()],
  ['ByteLevel', readByteLevel],
  [
    'CharDelimiterSplit',
    (part, where) => cuts.charDelimiterSplit(character(part, 'delimiter', where)),
  ],
  ['Digits', (part, where) => cuts.digits(flag(part, 'individual_digits', where))],
  ['FixedLength', (part, where) => cuts.fixedLength(count(part, 'length', where, 1))],
  [
    'Metaspace',
    (part, where) => {
      const { replacement, prependScheme, split } = readMetaspace(part, where)
      return metaspace(replacement, prependScheme, split)
    },
  ],
  [
    'Punctuation',
    (part, where) => cuts.punctuation(choice(part, 'behavior', where, BEHAVIORS, 'Isolated')),
  ],
  ['Split', readSplit],
  ['Whitespace', () => cuts.whitespace()],
  ['WhitespaceSplit', () => cuts.whitespaceSplit()],
])

/** Reads the `pre_tokenizer` of a tokenizer.json. */
export function readPreTokenizer(value: unknown): PreTokenizer | undefined {
  if (value === undefined || value === null) return undefined
  const { json, parts } = readParts(value, 'pre_tokenizer', 'pretokenizers', readers)
  return { json, steps: parts.flatMap(({ steps }) => steps) }
}

/** Reads `ByteLevel`, of which a decoder keeps the settings only. */
export function readByteLevel(part: Json, where: string): PreTokenizer {
  return byteLevel({
    addPrefixSpace: flag(part, 'add_prefix_space', where),
    trimOffsets: flag(part, 'trim_offsets', where),
    useRegex: flag(part, 'use_regex', where, true),
  })
}

function readSplit(part: Json, where: string): PreTokenizer {
  const { json: pattern, find } = readFind(part.pattern, `${where}.pattern`)
  const behavior = choice(part, 'behavior', where, BEHAVIORS)
  const invert = flag(part, 'invert', where)
  return {
    json: { type: 'Split', pattern, behavior, invert },
    steps: [{ cut: cutAtMatches(find, behavior, invert) }],
  }
}

/** Reads `Metaspace`, a pre-tokenizer or a decoder. Older files say `add_prefix_space` for the scheme. */
export function readMetaspace(
  part: Json,
  where: string,
): { json: PartJson; replacement: string; prependScheme: PrependScheme; split: boolean } {
  const replacement = character(part, 'replacement', where)
  const declared = choice(part, 'prepend_scheme', where, ['always', 'first', 'never'], 'always')
  const adds = flag(part, 'add_prefix_space', where, true)
  if (!adds && declared !== 'never' && part.prepend_scheme !== undefined) {
    fail(`${where}.prepend_scheme`, '"never", as add_prefix_space is false', declared)
  }
  const prependScheme = adds ? declared : 'never'
  const split = flag(part, 'split', where, true)
  return {
    json: { type: 'Metaspace', replacement, prepend_scheme: prependScheme, split },
    replacement,
    prependScheme,
    split,
  }
}
