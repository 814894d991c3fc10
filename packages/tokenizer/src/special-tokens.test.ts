import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitSpecial } from './special-tokens.js'
import type { EncodeOptions } from './types.js'

const tokens = new Map([
  ['<|end|>', 0],
  ['<|end|>!', 1],
  ['aa', 2],
  ['ab', 3],
])
const split = splitSpecial(tokens)

function parts(text: string, options: EncodeOptions): (string | number)[] {
  const out: (string | number)[] = []
  split(
    text,
    options,
    (part) => out.push(part),
    (id) => out.push(id),
  )
  return out
}

test('leaves everything as text when nothing is allowed', () => {
  expect(parts('x<|end|>y', {})).toEqual(['x<|end|>y'])
  expect(parts('x<|end|>y', { allowedSpecial: new Set() })).toEqual(['x<|end|>y'])
})

test('finds allowed tokens: leftmost, and of those at one place the longest', () => {
  expect(parts('x<|end|>!y<|end|><|end|>', { allowedSpecial: 'all' })).toEqual(['x', 1, 'y', 0, 0])
  expect(parts('x<|end|>!', { allowedSpecial: new Set(['<|end|>']) })).toEqual(['x', 0, '!'])
  expect(parts('aaab', { allowedSpecial: 'all' })).toEqual([2, 3])
})

test('cuts as a regular expression of the names, longest first, would', () => {
  const names = [...tokens.keys()]
  const piece = fc.constantFrom(...names, 'a', 'b', '<', '|end|>', '!', ' ')
  fc.assert(
    fc.property(fc.array(piece), fc.subarray(names), (list, some) => {
      const text = list.join('')
      const allowed = [...some].sort((a, b) => b.length - a.length)
      const source = allowed.map((name) => name.replaceAll('|', '\\|')).join('|')
      const wanted = (some.length === 0 ? [text] : text.split(new RegExp(`(${source})`)))
        .filter((part) => part !== '')
        .map((part) => (allowed.includes(part) ? tokens.get(part) : part))
      expect(parts(text, { allowedSpecial: new Set(some) })).toEqual(wanted)
    }),
  )
})

test('throws where a refused token stands, unless it is allowed', () => {
  expect(() => parts('x<|end|>', { disallowedSpecial: 'all' })).toThrow(
    'no "<|end|>" in the text, got one at index 1',
  )
  expect(() => parts('xaa', { disallowedSpecial: new Set(['aa']) })).toThrow('got one at index 1')
  expect(parts('xaa', { disallowedSpecial: new Set(['ab']) })).toEqual(['xaa'])
  expect(parts('aab', { disallowedSpecial: 'all', allowedSpecial: new Set(['aa', 'ab']) })).toEqual(
    [2, 'b'],
  )
})

test('refuses names that are not special tokens', () => {
  expect(() => parts('x', { allowedSpecial: new Set(['<|pad|>']) })).toThrow(
    'allowedSpecial, got "<|pad|>"',
  )
  expect(() => parts('x', { disallowedSpecial: new Set(['<|pad|>']) })).toThrow(
    'disallowedSpecial, got',
  )
})
