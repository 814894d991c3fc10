import { expect, test } from 'vitest'
import { categoryRanges, codePointClasses, OTHER, ranges, SPACE } from './classes.js'
import { unicodeVersion, whiteSpace } from './ranges.js'
import { scripts } from './scripts.js'

test('hold as many code points as the Rust regex tables of tiktoken 0.14 and tokenizers 0.23', () => {
  const sizes = [0, 0, 0, 0]
  for (const kind of codePointClasses()) sizes[kind]!++
  expect(unicodeVersion).toBe('16.0.0')
  expect(sizes).toEqual([0x110000 - 141028 - 1911 - 25, 141028, 1911, 25])
})

test('agree with the engine on every code point that it knows', () => {
  // A character keeps its class from one Unicode version to the next, with rare corrections between versions.
  const classes = codePointClasses()
  const wanted = [/^$/, /^\p{L}$/u, /^\p{N}$/u, /^\p{White_Space}$/u]
  const differing: string[] = []
  for (let point = 0; point < 0x110000; point++) {
    const text = String.fromCodePoint(point)
    const kind = classes[point] as number
    if (kind !== OTHER && !wanted[kind]!.test(text) && !/^\p{Cn}$/u.test(text)) {
      differing.push(point.toString(16))
    }
  }
  expect(differing).toEqual([])
})

test('take U+0085 for white space and U+FEFF not, unlike \\s of JavaScript', () => {
  const classes = codePointClasses()
  expect([classes[0x85], classes[0xfeff], classes[0x2028]]).toEqual([SPACE, OTHER, SPACE])
})

test('the general category of every code point is that of the engine, for those that it knows', () => {
  const differing: string[] = []
  let at = 0
  let assigned = 0
  for (const [first, end, category] of categoryRanges()) {
    expect(first).toBe(at)
    at = end
    const wanted = new RegExp(`^\\p{${category}}$`, 'u')
    if (category === 'Cn') continue
    assigned += end - first
    for (let point = first; point < end; point++) {
      if (!wanted.test(String.fromCodePoint(point))) differing.push(point.toString(16))
    }
  }
  expect(at).toBe(0x110000)
  expect(assigned).toBe(0x110000 - 819533)
  // Corrections of later versions, of which each engine knows its own.
  expect(differing.length).toBeLessThan(10)
})

test('scripts are those of the engine', () => {
  expect(Object.keys(scripts).length).toBe(170)
  for (const [name, runs] of Object.entries(scripts)) {
    const wanted = new RegExp(`^\\p{Script=${name}}$`, 'u')
    const differing = ranges(runs).filter(
      ([first, end]) => ![first, end - 1].every((p) => wanted.test(String.fromCodePoint(p))),
    )
    expect({ name, differing }).toEqual({ name, differing: [] })
  }
})

test('are lists of ranges in order that do not touch', () => {
  for (const runs of [whiteSpace, ...Object.values(scripts)]) {
    let last = -1
    for (const [first, end] of ranges(runs)) {
      expect(first).toBeGreaterThan(last)
      expect(end).toBeGreaterThan(first)
      last = end
    }
    expect(last).toBeLessThanOrEqual(0x110000)
  }
})
