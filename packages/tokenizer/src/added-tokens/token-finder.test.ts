import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findTokensReference } from '../reference/find-tokens-reference.js'
import { tokenFinder } from './token-finder.js'

function find(tokens: readonly string[], text: string) {
  const out: { token: number; start: number; end: number }[] = []
  tokenFinder(tokens)(text, (token, start, end) => out.push({ token, start, end }))
  return out
}

test('finds what looking everywhere finds, in the same order', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '<', '😀', '中'), maxLength: 5 })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(piece), (tokens, pieces) => {
      const text = pieces.join('')
      expect(find(tokens, text)).toEqual(findTokensReference(tokens, text))
    }),
    { numRuns: 1000 },
  )
})

test('finds ten thousand tokens', () => {
  const tokens = Array.from({ length: 10_000 }, (_, i) => `<extra_${i}>`)
  const text = 'x<extra_9999><extra_1>y<extra_10000><extra_'
  expect(find(tokens, text)).toEqual([
    { token: 1, start: 13, end: 22 },
    { token: 9999, start: 1, end: 13 },
  ])
})

test('is linear where every place begins like a token', () => {
  const tokens = [`${'a'.repeat(5000)}b`, `b${'a'.repeat(5000)}`]
  expect(find(tokens, 'a'.repeat(2_000_000))).toEqual([])
})

test('refuses more than it can hold', () => {
  expect(() => tokenFinder(['a'.repeat(1 << 20), 'b'.repeat((1 << 20) + 1)])).toThrow(
    'at most 2097152 UTF-16 units together, got 2097153',
  )
})
