import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bpeJson } from '../../test/bpe-json.js'
import { IdBuffer } from '../id-buffer.js'
import { startKernel } from '../kernel/kernel.js'
import { CLASS_BLOCKS, CLASSES, STARTS, WINDOW, WINDOW_SIZE } from '../kernel/layout.js'
import { o200kClasses } from '../patterns/o200k.js'
import { type PatternName, pattern } from '../patterns/patterns.js'
import { mergeReference } from '../reference/merge-reference.js'
import { tokenTable } from '../token-table.js'
import { codePointClasses } from '../unicode/classes.js'
import { bpeEncoder } from './encoder.js'
import { kernelCut } from './kernel-cut.js'
import { kernelEncoder } from './kernel-encoder.js'
import { trainBpe } from './train-bpe.js'
import type { BpeVocabulary } from './vocabulary.js'

const text = readFileSync(new URL('../../test/fixtures/text.txt', import.meta.url), 'utf8')
const runs = ['a'.repeat(4096), ' '.repeat(1000), '中'.repeat(500)]
const trained = await trainBpe([text, ...runs], { vocabularySize: 3000 })
const names: PatternName[] = ['gpt2', 'cl100k', 'o200k', 'llama3', 'qwen2', 'nanochat']

function vocabulary(name: PatternName, ignoreMerges: boolean): BpeVocabulary {
  const { merges, vocab } = bpeJson(trained)
  const tokens = Array.from({ length: trained.vocabularySize }, (_, id) => trained.tokenBytes(id))
  // Some that no merge makes.
  if (ignoreMerges) {
    for (const token of ['zqzq', ' qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq', '\u4e2d'.repeat(100)]) {
      tokens.push(new TextEncoder().encode(token))
    }
  }
  return {
    pattern: name,
    tokens: tokenTable(tokens),
    specialTokens: trained.specialTokens,
    left: Int32Array.from(merges, ([a]) => vocab[a]!),
    right: Int32Array.from(merges, ([, b]) => vocab[b]!),
    product: Int32Array.from(merges, ([a, b]) => vocab[a + b]!),
    ignoreMerges,
  }
}

const characters = fc.oneof(
  fc.constantFrom(
    ' ',
    '\n',
    '\r',
    '\t',
    "'",
    's',
    't',
    'r',
    'e',
    'v',
    'l',
    'm',
    'd',
    'a',
    '1',
    '!',
    '/',
  ),
  fc.constantFrom("'S", "'ſ", "'rE", "'LL", "'s", 'A', 'Z', 'ǅ', 'ʰ', '\u0301', 'ª', 'Я', 'я', '.'),
  fc.constantFrom(
    '\u0085',
    '\u00a0',
    '\u3000',
    '\ufeff',
    '\u2028',
    'é',
    '中',
    'ⅷ',
    '٣',
    '😀',
    '𝔘',
    '𝟙',
  ),
  fc.constantFrom('  ', '\n  ', ' \n', '123', 'the ', 'Word', 'zqzq', ' of', '\u3000\u3000'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
/** Long enough for several blocks of 64 bytes. */
const samples = fc.array(characters, { maxLength: 250 }).map((list) => list.join(''))

/** What the kernel does by itself for every pattern, close together. */
const plain = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 's', 'B', 'S', "'", "'ll", "'S", ' ', '\n', '/', '!', '1', '  '),
      fc.constantFrom('word', 'Word', 'é', 'Я', 'я', '中', 'の', '“', '\u00a0', ';\n//', '٣', '😀'),
    ),
    { maxLength: 200 },
  )
  .map((list) => list.join(''))

/** What decides where the words of o200k begin and end: letters without case and marks, of one to four bytes, before capitals and signs. */
const caseless = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '中',
        'ª',
        '𠀀',
        'A',
        'Я',
        '𝔘',
        'ǅ',
        'a',
        'я',
        '\u0301',
        '\ufe0f',
        '\u{e0100}',
      ),
      fc.constantFrom('!', '❤', '😀', '/', '\n', ' ', '\t', "'s", "'", '1', '!!', '//', '中A'),
      fc.nat(70).map((times) => '中'.repeat(times)),
      fc.nat(70).map((times) => 'A'.repeat(times)),
    ),
    { maxLength: 60 },
  )
  .map((list) => list.join(''))

describe.each(names)('%s', (name) => {
  const { next } = pattern(name)
  const kernel = startKernel(vocabulary(name, false))!
  const cut = kernelCut(kernel, name)

  function cutByKernel(sample: string, last: boolean): { starts: number[]; end: number } {
    const { written } = new TextEncoder().encodeInto(
      sample,
      kernel.bytes.subarray(WINDOW, WINDOW + WINDOW_SIZE),
    )
    const count = cut(written, last)
    const from = STARTS >> 2
    return { starts: Array.from(kernel.words.subarray(from, from + count + 1)), end: written }
  }

  function cutByScanner(sample: string): number[] {
    const bytes = new TextEncoder().encode(sample)
    const starts = [0]
    for (let p = 0; p < bytes.length; ) {
      p = next(bytes, p, bytes.length, true)
      starts.push(p)
    }
    return starts
  }

  test('has the class of every code point, in few blocks', () => {
    const all = name === 'o200k' ? o200kClasses() : codePointClasses()
    const back = Uint8Array.from(all, (_, point) => {
      const block = kernel.bytes[CLASS_BLOCKS + (point >> 8)] as number
      return kernel.bytes[CLASSES + block * 256 + (point & 255)] as number
    })
    expect(Buffer.compare(back, all)).toBe(0)
  })

  test('cuts as the scanner does: random text', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        expect(cutByKernel(sample, true).starts).toEqual(cutByScanner(sample))
      }),
      { numRuns: 2000 },
    )
  })

  test('cuts as the scanner does: random text of common characters', () => {
    fc.assert(
      fc.property(plain, (sample) => {
        expect(cutByKernel(sample, true).starts).toEqual(cutByScanner(sample))
      }),
      { numRuns: 3000 },
    )
  })

  test('cuts as the scanner does: random text of letters without case, marks and capitals', () => {
    fc.assert(
      fc.property(caseless, (sample) => {
        expect(cutByKernel(sample, true).starts).toEqual(cutByScanner(sample))
      }),
      { numRuns: 3000 },
    )
  })

  test('what is sure in the middle of a text stays so, whatever follows', () => {
    fc.assert(
      fc.property(
        fc.oneof(plain, samples, caseless),
        fc.oneof(samples, caseless),
        (sample, more) => {
          const { starts, end } = cutByKernel(sample, false)
          const whole = cutByScanner(sample + more)
          // A surrogate pair in two halves is another text.
          if (/[\ud800-\udbff]$/.test(sample) && /^[\udc00-\udfff]/.test(more)) return
          expect(starts).toEqual(whole.slice(0, starts.length))
          expect(starts.at(-1)).toBeLessThanOrEqual(end)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('cuts as the scanner does: real text in many scripts, and code', () => {
    for (let at = 0; at < text.length; at += 5000) {
      const sample = text.slice(at, at + 9000)
      const wanted = cutByScanner(sample)
      expect(cutByKernel(sample, true).starts).toEqual(wanted)
      // All but the last few pieces are sure, or the window would not move on.
      const sure = cutByKernel(sample, false).starts
      expect(sure).toEqual(wanted.slice(0, sure.length))
      expect(sure.length).toBeGreaterThan(wanted.length - 10)
    }
  })

  test.each([false, true])('encodes as the twin: random text, ignoreMerges %s', (ignoreMerges) => {
    const of = vocabulary(name, ignoreMerges)
    const encode = kernelEncoder(of)!
    const twin = bpeEncoder(of)
    const ids = new IdBuffer()
    const wanted = new IdBuffer()
    fc.assert(
      fc.property(samples, (sample) => {
        ids.clear()
        wanted.clear()
        encode(sample, ids)
        twin(sample, wanted)
        expect(ids.take()).toEqual(wanted.take())
      }),
      { numRuns: 500 },
    )
    for (const token of ['zqzq', ' qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq', '\u4e2d'.repeat(100)]) {
      ids.clear()
      encode(token, ids)
      expect(ids.length === 1).toBe(ignoreMerges)
    }
  })
})

const gpt2 = vocabulary('gpt2', false)

function same(sample: string, limit?: number): void {
  const ids = new IdBuffer()
  const wanted = new IdBuffer()
  kernelEncoder(gpt2)!(sample, ids, limit)
  bpeEncoder(gpt2)(sample, wanted, limit)
  expect(ids.take().join()).toBe(wanted.take().join())
}

test('encodes as the twin: texts of many windows, with more pieces than the first table holds', () => {
  let state = 1
  const words = Array.from({ length: 200_000 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return `${text.slice(state % 20_000, (state % 20_000) + (state >>> 28))} `
  })
  const long = words.join('')
  expect(long.length).toBeGreaterThan(1e6)
  same(long)
})

test.each([
  ['a', 1_000_000],
  [' ', 1_000_000],
  ['中', 100_000],
  [' abcdefghij'.repeat(20), 1000],
  [`${'x'.repeat(256)} ${'y'.repeat(257)} `, 300],
  ['😀', 40_000],
])('encodes %j, many times over, as the twin', (unit, times) => {
  same(`begin ${unit.repeat(times)} and end`)
})

test('encodes pieces of up to a window as the twin', () => {
  let state = 1
  for (let length = 250; length < 33_000; length = Math.ceil(length * 1.3)) {
    for (const kinds of [2, 26]) {
      const letters = Array.from({ length }, () => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0
        return String.fromCharCode(97 + ((state >>> 16) % kinds))
      })
      same(letters.join(''))
    }
  }
})

test('lone surrogates, and pairs where windows meet', () => {
  for (let shift = 0; shift < 4; shift++)
    same(`${'a '.repeat(16_380)}${'b'.repeat(shift)}😀\ud800 \udc00😀`)
})

test('stops soon after the limit', () => {
  const ids = new IdBuffer()
  kernelEncoder(gpt2)!(text.repeat(3), ids, 10)
  expect(ids.length).toBeGreaterThan(10)
  expect(ids.length).toBeLessThan(1200)
})

test('vocabularies that lack bytes, or have too many tokens, are left to the twin', () => {
  const tokens = tokenTable([Uint8Array.of(97)])
  expect(kernelEncoder({ ...gpt2, tokens })).toBe(null)
})

/** Few characters, so that merges cross from each into each: letters, and such as share their first or last bytes. */
const few = ['a', 'é', 'ã', 'b', '中', '丬']
const fewBytes = [...new Set(new TextEncoder().encode(few.join('')))]

/** Merges of these bytes and of what merges make, in any order: also such as no training would give, and several that make the same. */
const anyMerges = fc
  .array(fc.tuple(fc.nat(1e6), fc.nat(1e6)), { minLength: 1, maxLength: 60 })
  .chain((picks) => {
    const tokens = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))
    const byText = new Map(tokens.map((token, id) => [token.join(), id]))
    const made = fewBytes.slice(0, 1 + (picks.length % fewBytes.length))
    const merges = new Map<string, readonly [number, number, number]>()
    for (const [a, b] of picks) {
      // Rather of those that are there already: so that there is much to merge.
      const left = made[(a % made.length) % (1 + ((a >> 8) % made.length))]!
      const right = made[(b % made.length) % (1 + ((b >> 8) % made.length))]!
      const token = Uint8Array.of(...tokens[left]!, ...tokens[right]!)
      const product = byText.get(token.join()) ?? tokens.length
      if (product === tokens.length) {
        tokens.push(token)
        byText.set(token.join(), product)
        made.push(product)
      }
      merges.set(`${left} ${right}`, [left, right, product])
    }
    const list = [...merges.values()]
    return fc.oneof(fc.constant(list), fc.shuffledSubarray(list)).map(
      (order): BpeVocabulary => ({
        pattern: 'gpt2',
        tokens: tokenTable(tokens),
        specialTokens: new Map(),
        left: Int32Array.from(order, ([left]) => left),
        right: Int32Array.from(order, ([, right]) => right),
        product: Int32Array.from(order, ([, , product]) => product),
        ignoreMerges: false,
      }),
    )
  })
const fewTexts = fc.array(
  fc
    .integer({ min: 1, max: few.length })
    .chain((kinds) =>
      fc.array(fc.constantFrom(...few.slice(0, kinds)), { minLength: 1, maxLength: 30 }),
    )
    .map((list) => list.join('')),
  { minLength: 40, maxLength: 40 },
)

test('encodes by the book whatever the merges and their order', () => {
  fc.assert(
    fc.property(anyMerges, fewTexts, (of, pieces) => {
      const rules = Array.from(of.left, (left, rank) => ({
        left,
        right: of.right[rank]!,
        product: of.product[rank]!,
      }))
      const ids = new IdBuffer()
      kernelEncoder(of)!(pieces.join('1'), ids)
      const wanted = pieces.map((piece) =>
        mergeReference(rules, [...new TextEncoder().encode(piece)]),
      )
      expect(Array.from(ids.take())).toEqual(
        wanted.flatMap((each, i) => (i === 0 ? each : [49, ...each])),
      )
    }),
    { numRuns: 400 },
  )
})

test('a merge that stands before the one that makes its part decides what two bytes do', () => {
  const [a, b, c, d, abc, ab, cd] = [97, 98, 99, 100, 256, 257, 258]
  const tokens = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))
  for (const text of ['abc', 'ab', 'cd']) tokens.push(new TextEncoder().encode(text))
  const of: BpeVocabulary = {
    pattern: 'gpt2',
    tokens: tokenTable(tokens),
    specialTokens: new Map(),
    left: Int32Array.of(ab, a, c),
    right: Int32Array.of(c, b, d),
    product: Int32Array.of(abc, ab, cd),
    ignoreMerges: false,
  }
  const ids = new IdBuffer()
  kernelEncoder(of)!('abcd', ids)
  expect([...ids.take()]).toEqual([abc, d])
})

test('encodes as the twin with so many merges that pairs without one look like them', () => {
  // Any three letters are a token, so that nearly all pairs that come up are of no merge.
  const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', (letter) =>
    letter.charCodeAt(0),
  )
  const tokens = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))
  const merges: (readonly [number, number])[] = []
  const add = (left: number, right: number): void => {
    tokens.push(Uint8Array.of(...tokens[left]!, ...tokens[right]!))
    merges.push([left, right])
  }
  for (const a of letters) for (const b of letters) add(a, b)
  const pairs = tokens.length
  for (let pair = 256; pair < pairs; pair++) for (const letter of letters) add(pair, letter)
  const many: BpeVocabulary = {
    pattern: 'gpt2',
    tokens: tokenTable(tokens),
    specialTokens: new Map(),
    left: Int32Array.from(merges, ([left]) => left),
    right: Int32Array.from(merges, ([, right]) => right),
    product: Int32Array.from(merges, (_, rank) => 256 + rank),
    ignoreMerges: false,
  }
  let state = 1
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 16) % below
  }
  const words = Array.from({ length: 20_000 }, () =>
    String.fromCharCode(...Array.from({ length: 1 + random(24) }, () => letters[random(52)]!)),
  )
  const ids = new IdBuffer()
  const wanted = new IdBuffer()
  kernelEncoder(many)!(words.join(' '), ids)
  bpeEncoder(many)(words.join(' '), wanted)
  expect(ids.take().join()).toBe(wanted.take().join())
})
