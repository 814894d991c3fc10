import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PatternRule, patternOf } from '../patterns/rule.js'
import { patternRegex } from '../reference/pattern-regex.js'
import { kernelCounter } from './kernel-counter.js'
import { type PieceCounter, patternCounter } from './piece-counter.js'

const counters = [
  ['scanner', (rule: PatternRule) => patternCounter(patternOf(rule))],
  ['kernel', (rule: PatternRule) => kernelCounter(rule)!],
] as const

function count(counter: PieceCounter, texts: readonly string[]): Map<string, number> {
  for (const text of texts) counter.add(text)
  const { bytes, offsets, counts, size } = counter.counts()
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  return new Map(
    Array.from({ length: size }, (_, i) => [
      utf8.decode(bytes.subarray(offsets[i], offsets[i + 1])),
      counts[i]!,
    ]),
  )
}

function reference(
  rule: 'gpt2' | 'cl100k' | 'o200k',
  texts: readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const piece of text.match(patternRegex(rule)) ?? []) {
      counts.set(piece, (counts.get(piece) ?? 0) + 1)
    }
  }
  return counts
}

describe.each(counters)('%s', (_, counter) => {
  test.each(['gpt2', 'cl100k', 'o200k'] as const)(
    'counts pieces of %s as a map of strings does',
    (rule) => {
      fc.assert(
        fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 30 })), (texts) => {
          expect(count(counter(rule), texts)).toEqual(reference(rule, texts))
        }),
        { numRuns: 40 },
      )
    },
  )

  test('counts pieces of texts longer than the window, and more of them than the first tables hold', () => {
    const words = Array.from({ length: 40_000 }, (_, i) => `w${(i * 7919) % 30_011}é's`)
    const long = 'x'.repeat(200_000)
    const texts = [words.join(' '), long, words.join('\n  '), `é ${long} é ${long}, x`]
    expect(count(counter('gpt2'), texts)).toEqual(reference('gpt2', texts))
  })

  test('counts more pieces than the slots of the kernel hold', () => {
    const texts = Array.from({ length: 8 }, (_, k) =>
      Array.from({ length: 50_000 }, (_, i) => ` ${k}q${i}`).join(''),
    )
    const all = [...texts, ...texts]
    expect(count(counter('gpt2'), all)).toEqual(reference('gpt2', all))
  })

  test('tells the bytes of each text', () => {
    const counting = counter('gpt2')
    expect(counting.add('é'.repeat(100_000))).toBe(200_000)
    expect(counting.add('')).toBe(0)
    expect(counting.add('a\ud800 b')).toBe(6)
    expect(counting.add('é b '.repeat(50_000))).toBe(250_000)
  })
})
