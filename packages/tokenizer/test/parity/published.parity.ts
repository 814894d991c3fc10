import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { cl100k } from '../../dist/cl100k.js'
import { o200k, o200kHarmony } from '../../dist/o200k.js'
import { p50k, p50kEdit } from '../../dist/p50k.js'
import { r50k } from '../../dist/r50k.js'
import type { Tokenizer } from '../../src/index.js'
import { mixedCorpus } from './corpus.js'
import { python } from './python.js'
import { edgeCases, randomTexts } from './texts.js'

type Digests = Record<'texts' | 'special' | 'bytes' | 'scalars', string[]> & { size: number }

const require = createRequire(import.meta.url)
const vocabularies: Readonly<Record<string, Tokenizer>> = {
  r50k_base: r50k,
  p50k_base: p50k,
  p50k_edit: p50kEdit,
  cl100k_base: cl100k,
  o200k_base: o200k,
  o200k_harmony: o200kHarmony,
}
const files = Object.fromEntries(
  ['r50k_base', 'p50k_base', 'cl100k_base', 'o200k_base'].map((name) => [
    name,
    require.resolve(`gpt-tokenizer/data/${name}.tiktoken`),
  ]),
)
const texts = [
  ...edgeCases,
  '<|fim_prefix|>a<|fim_suffix|><|fim_middle|><|endofprompt|><|start|>b<|end|><|reserved_200018|>',
  ...randomTexts(3000, 3),
  ...mixedCorpus(),
]
const bytes = randomBytes(3000, 4)
const found = python<Record<string, Digests>>('published.py', {
  names: Object.keys(vocabularies),
  files,
  texts,
  bytes: bytes.map((each) => Buffer.from(each).toString('hex')),
})

test.each(Object.entries(vocabularies))('%s: every id is that of tiktoken', (name, tokenizer) => {
  const wanted = found[name]!
  expect(texts.reduce((sum, text) => sum + text.length, 0)).toBeGreaterThan(1.5e7)
  expect(tokenizer.vocabularySize).toBe(wanted.size)
  expect(differing(texts, wanted.texts, (text) => tokenizer.encode(text))).toEqual([])
  expect(
    differing(texts.slice(0, 200), wanted.special, (text) =>
      tokenizer.encode(text, { allowedSpecial: 'all' }),
    ),
  ).toEqual([])
  expect(differing(bytes, wanted.bytes, (each) => tokenizer.encode(each))).toEqual([])
  const blocks = Array.from({ length: 0x110 }, (_, i) => i * 4096)
  const wrong = blocks.filter((first, i) => scalars(tokenizer, first) !== wanted.scalars[i])
  expect(wrong.map((first) => first.toString(16))).toEqual([])
})

/** The first few inputs whose ids are others. */
function differing<T>(
  inputs: readonly T[],
  wanted: readonly string[],
  encode: (input: T) => Uint32Array,
): T[] {
  expect(wanted.length).toBe(inputs.length)
  return inputs.filter((input, i) => digest([encode(input)]) !== wanted[i]).slice(0, 3)
}

function scalars(tokenizer: Tokenizer, first: number): string {
  const lists: Uint32Array[] = []
  for (let point = first; point < first + 4096; point++) {
    if (point >= 0xd800 && point < 0xe000) continue
    const c = String.fromCodePoint(point)
    lists.push(tokenizer.encode(c), tokenizer.encode(`a${c}b ${c}`))
  }
  return digest(lists)
}

function digest(lists: readonly Uint32Array[]): string {
  const hash = createHash('sha256')
  for (const ids of lists) hash.update(Uint32Array.of(ids.length, ...ids))
  return hash.digest('hex').slice(0, 16)
}

/** Bytes of all kinds: random ones, and UTF-8 that is cut or damaged. */
function randomBytes(count: number, seed: number): Uint8Array[] {
  let state = seed
  const next = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const sources = randomTexts(count, seed)
  return sources.map((text) => {
    const whole = new TextEncoder().encode(text)
    if (next(3) === 0) return Uint8Array.from({ length: next(40) }, () => next(256))
    const cut = whole.subarray(0, next(whole.length + 1))
    return next(2) === 0 ? cut : Uint8Array.from(cut, (byte) => (next(12) === 0 ? next(256) : byte))
  })
}
