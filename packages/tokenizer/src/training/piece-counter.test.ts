import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gpt2Pattern } from '../patterns/gpt2.js'
import { patternRegex } from '../reference/pattern-regex.js'
import { patternCounter } from './piece-counter.js'

function count(texts: readonly string[]): Map<string, number> {
  const counter = patternCounter(gpt2Pattern())
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

const regex = patternRegex('gpt2')

function reference(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const piece of text.match(regex) ?? []) {
      counts.set(piece, (counts.get(piece) ?? 0) + 1)
    }
  }
  return counts
}

test('counts pieces as a map of strings does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 30 })), (texts) => {
      expect(count(texts)).toEqual(reference(texts))
    }),
  )
})

test('counts pieces of texts longer than the window, and more of them than the first tables hold', () => {
  const words = Array.from({ length: 40_000 }, (_, i) => `w${(i * 7919) % 30_011}é's`)
  const texts = [words.join(' '), 'x'.repeat(200_000), words.join('\n  ')]
  expect(count(texts)).toEqual(reference(texts))
})

test('tells the bytes of each text', () => {
  const counter = patternCounter(gpt2Pattern())
  expect(counter.add('é'.repeat(100_000))).toBe(200_000)
  expect(counter.add('abc')).toBe(3)
})
