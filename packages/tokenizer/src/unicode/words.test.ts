import { expect, test } from 'vitest'
import { property } from '../patterns/regex/properties.js'
import { isWord, wordEndsAt, wordStartsAt } from './words.js'

test('characters of words are alphabetic, marks, digits, connectors and joiners, by the Unicode Character Database', () => {
  const wanted = new Uint8Array(0x110000)
  const word = property('word') ?? []
  expect(word.length).toBeGreaterThan(500)
  for (const [first, end] of [...word, [0x200c, 0x200e]] as const) wanted.fill(1, first, end)
  const differing = Array.from(wanted.keys()).filter(
    (point) => isWord(point) !== (wanted[point] === 1),
  )
  expect(differing).toEqual([])
})

test('looks at whole characters', () => {
  const text = '𝔘a😀'
  expect([wordStartsAt(text, 0), wordStartsAt(text, 3), wordStartsAt(text, 5)]).toEqual([
    true,
    false,
    false,
  ])
  expect([
    wordEndsAt(text, 0),
    wordEndsAt(text, 2),
    wordEndsAt(text, 3),
    wordEndsAt(text, 5),
  ]).toEqual([false, true, true, false])
})
