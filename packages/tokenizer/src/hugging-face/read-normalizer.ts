import type { Normalizer } from '../pipeline/normalizer.js'
import { bertNormalizer } from '../pipeline/normalizers/bert-normalizer.js'
import {
  byteAlphabet,
  lowercase,
  nmt,
  stripAccents,
} from '../pipeline/normalizers/character-rules.js'
import { prepend } from '../pipeline/normalizers/prepend.js'
import { replace } from '../pipeline/normalizers/replace.js'
import { sequence } from '../pipeline/normalizers/sequence.js'
import { strip } from '../pipeline/normalizers/strip.js'
import { unicodeForm } from '../pipeline/normalizers/unicode-form.js'
import { wellFormed } from '../pipeline/well-formed.js'
import type { Json } from './check.js'
import { readFind } from './read-find.js'
import { type ReadPart, readParts } from './read-parts.js'
import { readPrecompiled } from './read-precompiled.js'
import { flag, text } from './settings.js'

const readers: ReadonlyMap<string, ReadPart<Normalizer>> = /* @__PURE__ */ new Map<
  string,
  ReadPart<Normalizer>
>([
  ['BertNormalizer', readBert],
  ['ByteLevel', () => byteAlphabet()],
  ['Lowercase', () => lowercase()],
  ['NFC', () => unicodeForm('NFC')],
  ['NFD', () => unicodeForm('NFD')],
  ['NFKC', () => unicodeForm('NFKC')],
  ['NFKD', () => unicodeForm('NFKD')],
  ['Nmt', () => nmt()],
  ['Precompiled', readPrecompiled],
  ['Prepend', (part, where) => prepend(text(part, 'prepend', where))],
  ['Replace', readReplace],
  [
    'Strip',
    (part, where) => strip(flag(part, 'strip_left', where), flag(part, 'strip_right', where)),
  ],
  ['StripAccents', () => stripAccents()],
])

/** Reads the `normalizer` of a tokenizer.json. It takes half a surrogate pair for U+FFFD. */
export function readNormalizer(value: unknown): Normalizer | undefined {
  if (value === undefined || value === null) return undefined
  const { json, parts } = readParts(value, 'normalizer', 'normalizers', readers)
  const normalizer = sequence(json, parts)
  return {
    json,
    apply: (text) => normalizer.apply(wellFormed(text)),
    align: (text) => normalizer.align(wellFormed(text)),
  }
}

function readBert(part: Json, where: string): Normalizer {
  return bertNormalizer({
    cleanText: flag(part, 'clean_text', where),
    handleChineseCharacters: flag(part, 'handle_chinese_chars', where),
    stripAccents:
      part.strip_accents === undefined || part.strip_accents === null
        ? null
        : flag(part, 'strip_accents', where),
    lowercase: flag(part, 'lowercase', where),
  })
}

function readReplace(part: Json, where: string): Normalizer {
  const { json, find } = readFind(part.pattern, `${where}.pattern`)
  const content = text(part, 'content', where)
  return replace({ type: 'Replace', pattern: json, content }, find, content)
}
