import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AddedToken } from '../model.js'
import { cutAddedReference } from '../reference/cut-added-reference.js'
import { plainAddedTokens } from '../special-tokens.js'
import type { SpecialTokenPolicy } from '../types.js'
import { addedTokenCutter, type Section } from './cut-added.js'
import { policies } from './policy.js'

const tokens = new Map([
  ['<|end|>', 0],
  ['<|end|>!', 1],
  ['aa', 2],
  ['ab', 3],
])

/** The parts of a text, which may itself come in parts with policies of their own. */
function parts(
  added: readonly AddedToken[],
  ...given: (readonly [string, SpecialTokenPolicy])[]
): (string | number)[] {
  const text = given.map(([part]) => part).join('')
  let end = 0
  const stretches = given.map(([part, options]) => {
    end += part.length
    return { end, policy: policies(added)(options) }
  })
  return show(text, addedTokenCutter(added, ({ content }) => content)(text, stretches))
}

function show(text: string, sections: readonly Section[]): (string | number)[] {
  return sections.map(({ id, start, end }) => (id < 0 ? text.slice(start, end) : id))
}

const special = plainAddedTokens(tokens)

function token(content: string, id: number, settings: Partial<AddedToken>): AddedToken {
  return { ...plainAddedTokens(new Map([[content, id]]))[0]!, ...settings }
}

test('leaves everything as text when nothing is allowed', () => {
  expect(parts(special, ['x<|end|>y', {}])).toEqual(['x<|end|>y'])
  expect(parts(special, ['x<|end|>y', { allowedSpecial: new Set() }])).toEqual(['x<|end|>y'])
})

test('finds allowed tokens: leftmost, and of those at one place the longest', () => {
  const all = { allowedSpecial: 'all' } as const
  expect(parts(special, ['x<|end|>!y<|end|><|end|>', all])).toEqual(['x', 1, 'y', 0, 0])
  expect(parts(special, ['x<|end|>!', { allowedSpecial: new Set(['<|end|>']) }])).toEqual([
    'x',
    0,
    '!',
  ])
  expect(parts(special, ['aaab', all])).toEqual([2, 3])
})

test('cuts as a regular expression of the names, longest first, would', () => {
  const names = [...tokens.keys()]
  const piece = fc.constantFrom(...names, 'a', 'b', '<', '|end|>', '!', ' ')
  fc.assert(
    fc.property(fc.array(piece), fc.subarray(names), (list, some) => {
      const text = list.join('')
      const wanted = cutAddedReference(
        special.filter(({ content }) => some.includes(content)),
        text,
      )
      const found = parts(special, [text, { allowedSpecial: new Set(some) }])
      expect(found).toEqual(show(text, wanted))
    }),
  )
})

test('takes white space along and looks for single words as a regular expression would', () => {
  const setting = fc.record({
    lstrip: fc.boolean(),
    rstrip: fc.boolean(),
    singleWord: fc.boolean(),
    special: fc.boolean(),
  })
  const contents = ['a', 'ab', '<x>', ' ', '中', ' a']
  fc.assert(
    fc.property(
      fc.tuple(...contents.map(() => setting)),
      fc.array(fc.constantFrom(...contents, 'b', '  ', '\u3000', '\n', '_', '😀', '.')),
      (settings, list) => {
        const added = contents.map((content, id) => token(content, id, settings[id]!))
        const text = list.join('')
        expect(parts(added, [text, { allowedSpecial: 'all' }])).toEqual(
          show(text, cutAddedReference(added, text)),
        )
      },
    ),
    { numRuns: 2000 },
  )
})

test('takes tokens that are not special whatever is allowed', () => {
  const added = [...special, token('ö', 4, { special: false })]
  expect(parts(added, ['aaöx', {}])).toEqual(['aa', 4, 'x'])
  expect(parts(added, ['aaö', { disallowedSpecial: new Set(['ab']) }])).toEqual(['aa', 4])
})

test('each part has its policy, and no special token stands across a border', () => {
  const all = { allowedSpecial: 'all' } as const
  const added = [...special, token('öö', 4, { special: false })]
  expect(parts(added, ['aa', all], ['aa', {}], ['aa', all])).toEqual([2, 'aa', 2])
  expect(parts(added, ['<|end', all], ['|>', all])).toEqual(['<|end|>'])
  expect(parts(added, ['<|end|>', all], ['!', all])).toEqual([0, '!'])
  expect(parts(added, ['ö', {}], ['öa', all], ['a', {}])).toEqual([4, 'aa'])
  expect(() => parts(added, ['aa', all], ['xaa', { disallowedSpecial: 'all' }])).toThrow(
    'no "aa" in the text, got one at index 3',
  )
})

test('throws where a refused token stands, unless it is allowed', () => {
  expect(() => parts(special, ['x<|end|>', { disallowedSpecial: 'all' }])).toThrow(
    'no "<|end|>" in the text, got one at index 1',
  )
  expect(() => parts(special, ['xaaaa', { disallowedSpecial: new Set(['aa']) }])).toThrow(
    'got one at index 1',
  )
  expect(parts(special, ['xaa', { disallowedSpecial: new Set(['ab']) }])).toEqual(['xaa'])
  expect(
    parts(special, ['aab', { disallowedSpecial: 'all', allowedSpecial: new Set(['aa', 'ab']) }]),
  ).toEqual([2, 'b'])
})

test('refuses names that are not special tokens', () => {
  expect(() => parts(special, ['x', { allowedSpecial: new Set(['<|pad|>']) }])).toThrow(
    'allowedSpecial, got "<|pad|>"',
  )
  expect(() => parts(special, ['x', { disallowedSpecial: new Set(['<|pad|>']) }])).toThrow(
    'disallowedSpecial, got',
  )
})

test('white space taken along by many tokens is gone through once', () => {
  const added = [token(' ', 0, { special: false, rstrip: true })]
  const text = ' '.repeat(300_000)
  expect(parts(added, [text, {}])[0]).toBe(0)
})
