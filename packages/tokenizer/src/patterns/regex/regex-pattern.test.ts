import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchReference } from '../../reference/regex-reference.js'
import { NONE } from './matcher.js'
import { parseRegex } from './parse.js'
import { compileRegex, regexPattern } from './regex-pattern.js'
import type { RegexNode, RegexSyntax } from './syntax.js'

const encoder = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

function split(source: string, text: string, syntax: RegexSyntax = 'oniguruma'): string[] {
  const { next } = regexPattern(source, syntax)
  const bytes = encoder.encode(text)
  const pieces: string[] = []
  for (let p = 0; p < bytes.length; ) {
    const q = next(bytes, p, bytes.length, true)
    pieces.push(utf8.decode(bytes.subarray(p, q)))
    p = q
  }
  return pieces
}

/** Ends of the matches that begin at each code point of a text. */
function ends(source: string, text: string): (number | undefined)[] {
  const { matchEnd } = compileRegex(source, 'oniguruma')
  const bytes = encoder.encode(text)
  return [...text, ''].map((_, i) => {
    const start = encoder.encode([...text].slice(0, i).join('')).length
    const end = matchEnd(bytes, start, bytes.length, true)
    return end === NONE ? undefined : [...utf8.decode(bytes.subarray(0, end))].length
  })
}

const atoms = fc.constantFrom(
  'a',
  'b',
  'c',
  'é',
  '[ab]',
  '[^a]',
  '.',
  '\\s',
  '\\w',
  '\\p{Lu}',
  '😀',
)
const marks = fc.constantFrom(
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '++',
  '*+',
  '?+',
  '{2}',
  '{1,2}',
  '{0,2}?',
  '{1,}',
)
const edges = fc.constantFrom(
  '^',
  '$',
  '\\b',
  '\\B',
  '\\A',
  '\\z',
  '\\Z',
  '(?!a)',
  '(?=b)',
  '(?<!a)',
  '(?<=[bc])',
)
const { regex } = fc.letrec<{ regex: string; sequence: string; part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    { weight: 6, arbitrary: fc.tuple(atoms, marks).map(([atom, mark]) => atom + mark) },
    { weight: 1, arbitrary: edges },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('regex'), marks).map(([body, mark]) => `(?:${body})${mark}`),
    },
    { weight: 1, arbitrary: fc.tuple(tie('regex')).map(([body]) => `(?=${body})`) },
    { weight: 1, arbitrary: fc.tuple(tie('regex')).map(([body]) => `(?!${body})`) },
  ),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  regex: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((all) => all.join('|')),
}))
const text = fc
  .array(fc.constantFrom('a', 'b', 'c', 'A', 'é', ' ', '\n', '😀', '1'), { maxLength: 12 })
  .map((list) => list.join(''))

/** Whether it repeats without limit what may take nothing: the engines do not agree on which way then goes first. */
function repeatsNothing(node: RegexNode): boolean {
  if (node.type === 'sequence') return node.parts.some(repeatsNothing)
  if (node.type === 'either') return node.choices.some(repeatsNothing)
  if (node.type === 'repeat') {
    return (
      (node.max === Number.POSITIVE_INFINITY && mayBeEmpty(node.body)) || repeatsNothing(node.body)
    )
  }
  return (node.type === 'look' || node.type === 'atomic') && repeatsNothing(node.body)
}

function mayBeEmpty(node: RegexNode): boolean {
  if (node.type === 'sequence') return node.parts.every(mayBeEmpty)
  if (node.type === 'either') return node.choices.some(mayBeEmpty)
  if (node.type === 'repeat') return node.min === 0 || mayBeEmpty(node.body)
  return node.type === 'atomic' ? mayBeEmpty(node.body) : node.type !== 'characters'
}

test('matches as trying one way after another does: random expressions', () => {
  let supported = 0
  fc.assert(
    fc.property(regex, text, (source, text) => {
      const points = Array.from(text, (character) => character.codePointAt(0) as number)
      let found: (number | undefined)[]
      let wanted: (number | undefined)[]
      try {
        found = ends(source, text)
        const node = parseRegex(source, 'oniguruma')
        if (repeatsNothing(node)) return
        wanted = found.map((_, i) => matchReference(node, points, i))
      } catch (error) {
        expect(String(error)).toMatch(/atomic groups and possessive|too many tries/)
        return
      }
      supported++
      expect(found).toEqual(wanted)
    }),
    { numRuns: 5000 },
  )
  expect(supported).toBeGreaterThan(2500)
})

test('decides before it has seen all only what the rest cannot change', () => {
  let decided = 0
  fc.assert(
    fc.property(regex, text, text, (source, head, tail) => {
      let next: ReturnType<typeof regexPattern>['next']
      try {
        next = regexPattern(source, 'oniguruma').next
      } catch {
        return
      }
      const bytes = encoder.encode(head + tail)
      const known = encoder.encode(head).length
      const whole: number[] = []
      for (let p = 0; p < bytes.length; whole.push(p)) p = next(bytes, p, bytes.length, true)
      for (let p = 0, i = 0; p < known; i++) {
        p = next(bytes.slice(0, known), p, known, false)
        if (p < 0) break
        decided++
        expect(p).toBe(whole[i])
      }
    }),
    { numRuns: 3000 },
  )
  expect(decided).toBeGreaterThan(500)
})

test('takes time in proportion to the text, whatever the expression', () => {
  const bytes = encoder.encode(`${'a'.repeat(300_000)}b`)
  for (const source of [
    '(a*)*c',
    '(?:a|a)*c',
    'a*a*a*a*c|a',
    'a+c|a',
    '(a?){50}a{50}c|aa',
    '(?=a*c)a|a(?!a*c)',
    'a(?=(?:aaa)*b)|aa',
    '.{1,50}c',
    '(?:.{1,30}x|.a{1,30}y)+',
  ]) {
    const { next } = regexPattern(source, 'oniguruma')
    const started = performance.now()
    for (let p = 0; p < bytes.length; ) p = next(bytes, p, bytes.length, true)
    expect({ source, slow: performance.now() - started > 2000 }).toEqual({ source, slow: false })
  }
})

test('an expression that needs ever more states is given up with an error', () => {
  let state = 1
  const random = Array.from({ length: 300_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return 'ab'[state >>> 31]
  }).join('')
  expect(() => split('(?:.*a.{1000}.{1000}){1,2}c|.', random)).toThrow(/takes too long/)
})

test('what lies between matches is a piece too, and an empty match cuts', () => {
  expect(split('[0-9]+', 'ab12c')).toEqual(['ab', '12', 'c'])
  expect(split('a*', 'baac')).toEqual(['b', 'aa', 'c'])
  expect(split('x*', 'bc')).toEqual(['b', 'c'])
  expect(split('', 'bc')).toEqual(['b', 'c'])
})

test('case of letters, also where Unicode has more than two', () => {
  expect(split("(?i:'s|'re)", "x'Sx'REx'ſx")).toEqual(['x', "'S", 'x', "'RE", 'x', "'ſ", 'x'])
  expect(split('(?i:[k-l])', 'a\u212ab')).toEqual(['a', '\u212a', 'b'])
  expect(split('(?i)ab|c', 'xAbC')).toEqual(['x', 'Ab', 'C'])
  expect(() => split('(?i:é)', '')).toThrow(/beyond ASCII is not supported/)
})

test('where the two syntaxes differ', () => {
  expect(split('\\d{1,2}+', '12345 1', 'oniguruma')).toEqual(['12345', ' ', '1'])
  expect(split('\\d{1,2}+', '12345 1', 'rust')).toEqual(['12', '34', '5', ' ', '1'])
  expect(split('a$', 'a\na', 'oniguruma')).toEqual(['a', '\n', 'a'])
  expect(split('a$', 'a\na', 'rust')).toEqual(['a\n', 'a'])
  expect(split('(?m:a.)', 'a\n', 'oniguruma')).toEqual(['a\n'])
  expect(split('(?s:a.)', 'a\n', 'rust')).toEqual(['a\n'])
})

test.each([
  ['a\\1', /back-references are not supported: at offset 1 of "a\\\\1"/],
  ['(?<=ab)c', /look-behind beyond one character is not supported: at offset 0/],
  ['x(?(1)a|b)', /this kind of group is not supported: at offset 1/],
  ['\\X', /\\X is not supported: at offset 0/],
  ['\\p{Nonsense}', /the property "Nonsense" is not known: at offset 0/],
  [
    '(?>ab|a)b',
    /atomic groups and possessive repetitions of more than one character .* at offset 0/,
  ],
  ['a(?i)b', /flags for the rest of a group are not supported, write \(\?i:...\): at offset 1/],
  ['(a', /expected a \) for the \( at offset 0/],
  ['a)', /expected a \( for the \) at offset 1/],
  ['[a', /expected a \] for the \[ at offset 0/],
  ['*a', /expected something that \* repeats at offset 0/],
  ['[z-a]', /expected a range from one character to a higher one at offset 1/],
  ['a{2,1}', /expected a repetition up to 1000, from fewer to more, got \{2,1\} at offset 0/],
  ['a{1001}', /expected a repetition up to 1000/],
  ['(?:a{1000}){1000}', /expected at most 5000 steps/],
  ['('.repeat(200), /expected groups at most 100 deep/],
  ['a'.repeat(10_001), /expected at most 10000 characters/],
  ['\\x{110000}', /expected a code point up to 10FFFF/],
])('refuses %s', (source, message) => {
  expect(() => regexPattern(source, 'oniguruma')).toThrow(RangeError)
  expect(() => regexPattern(source, 'oniguruma')).toThrow(message)
})

test('refuses or takes any text, and then comes to an end', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?.^$\\<>=!:-,&01pLi#'), maxLength: 30 }),
      (source) => {
        try {
          expect(split(source, 'ab1 a-b').join('')).toBe('ab1 a-b')
        } catch (error) {
          expect(String(error)).toMatch(/^RangeError: pattern: /)
        }
      },
    ),
    { numRuns: 5000 },
  )
})

test.each([
  ' (?=[a-z]?(?=b*?$){0,1000}){0,1000}',
  '(?:(?=(?=(?=a){1000}){1000}){1000})',
  '(?:(?:(?:(?:){1000}){1000}){1000}){1000}a|(?=(?=a){1000}){1000}',
])('repetitions in one another neither fill the memory nor hang: %s', (source) => {
  expect(() => compileRegex(source, 'oniguruma')).toThrow(/^pattern: expected at most 5000 steps/)
})

test('a repetition of nothing is nothing', () => {
  const { next } = regexPattern('(?:(?:(?:){1000}){1000}){1000}a', 'oniguruma')
  expect(next(new TextEncoder().encode('ab'), 0, 2, true)).toBe(1)
})
