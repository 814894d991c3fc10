import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BpeVocabulary, byteIds } from '../bpe/vocabulary.js'
import { toBase64 } from '../formats/base64.js'
import { readTiktoken } from '../formats/tiktoken.js'
import { unpackInKernel } from '../kernel/unpack.js'
import { tokenTable } from '../token-table.js'
import { classWidths } from './class-widths.js'
import { harmonyTokens, o200kFile, p50kEditTokens, p50kFile, r50kFile } from './openai.js'
import { packVocabulary } from './pack.js'
import { packedVocabulary, type Unpacked } from './packed-vocabulary.js'
import { readPacked } from './read-packed.js'
import { unpack } from './unpack.js'

const require = createRequire(import.meta.url)

function read(name: string, settings: Parameters<typeof readTiktoken>[1]): BpeVocabulary {
  return readTiktoken(
    readFileSync(require.resolve(`gpt-tokenizer/data/${name}.tiktoken`)),
    settings,
  )
}

function pack(vocabulary: BpeVocabulary, from = 0): string {
  return toBase64(packVocabulary(vocabulary, from))
}

/** A digest of each list. */
function digests({ left, right, product, bytes, offsets }: Unpacked): string[] {
  return [left, right, product, bytes, offsets].map((list) =>
    createHash('sha256').update(list).digest('hex'),
  )
}

const r50k = read('r50k_base', r50kFile)
const p50k = read('p50k_base', p50kFile)
const p50kEdit = { ...p50kFile, specialTokens: p50kEditTokens }
const harmony = { ...o200kFile, specialTokens: harmonyTokens }

describe.each([
  { name: 'r50k', texts: [pack(r50k)], settings: r50kFile, wanted: r50k },
  {
    name: 'p50k, a part of it r50k, with a special token among the merges',
    texts: [pack(r50k), pack(p50k, 50_000)],
    settings: p50kFile,
    wanted: p50k,
  },
  {
    name: 'p50k, with more special tokens',
    texts: [pack(p50k)],
    settings: p50kEdit,
    wanted: read('p50k_base', p50kEdit),
  },
  {
    name: 'o200k, with ids that stand for nothing and others of two names',
    texts: [pack(read('o200k_base', o200kFile))],
    settings: harmony,
    wanted: read('o200k_base', harmony),
  },
])('$name', ({ texts, settings, wanted }) => {
  const vocabulary = packedVocabulary(texts, settings)

  test('is the same packed and unpacked', () => {
    const { left, right, product, tokens } = vocabulary
    expect(digests({ left, right, product, ...tokens })).toEqual(
      digests({ ...wanted, ...wanted.tokens }),
    )
    expect(tokens.size).toBe(wanted.tokens.size)
    expect(vocabulary.packed?.byteIds).toEqual(byteIds(wanted))
  })

  test('is unpacked in WebAssembly as in its twin', () => {
    const names = Array.from(settings.specialTokens, ([name, id]) => ({
      id,
      name: new TextEncoder().encode(name),
    }))
    const { size } = vocabulary.tokens
    const parts = readPacked(texts, settings.specialTokens.values())
    const found = unpackInKernel(parts, names, size)
    expect(digests(found!)).toEqual(digests(unpack(parts, names, size)))
  })
})

test('refuses a vocabulary that is not bytes and merges', () => {
  const tokens = Array.from({ length: 257 }, (_, byte) => Uint8Array.of(byte, 1))
  expect(() => packVocabulary({ ...r50k, tokens: tokenTable(tokens) })).toThrow(/got another id -1/)
  expect(() => packVocabulary({ ...r50k, product: r50k.product.map((id) => id + 1) })).toThrow(
    /got another id 256/,
  )
})

test('ids take as few bits as any division into classes gives', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 30 }), (ids) => {
      const found = classWidths(ids, 3)
      expect(found.length).toBe(3)
      expect(bitsOf(ids, found)).toBe(Math.min(...all.map((widths) => bitsOf(ids, widths))))
    }),
  )
})

const widths = [0, 1, 2, 3, 4, 5, 6]
const all = widths.flatMap((a) => widths.flatMap((b) => widths.map((c) => [a, b, c])))

/** Infinite when the classes do not reach all ids. */
function bitsOf(ids: readonly number[], classes: readonly number[]): number {
  return ids.reduce((sum, id) => {
    let end = 0
    const width = classes.find((bits) => {
      end += 2 ** bits
      return id < end
    })
    return sum + (width ?? Number.POSITIVE_INFINITY)
  }, 0)
}
