import { expect, test } from 'vitest'
import { alphabetOrder, byteToCharacter, spell, unspell } from './byte-alphabet.js'

test('spells a space Ġ, a newline Ċ, and what is printable as itself', () => {
  expect(spell(new TextEncoder().encode(' Hi\n'))).toBe('ĠHiĊ')
  expect(byteToCharacter[0xad]).toBe('Ń')
})

test('has a character for each byte, and back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect(new Set(byteToCharacter).size).toBe(256)
  expect(unspell(spell(all))).toEqual(all)
})

test('knows which characters are none of them', () => {
  for (const character of [' ', '\u0000', '\u00ad', '\u0144', '中', '😀']) {
    expect(unspell(`a${character}`)).toBeUndefined()
  }
})

test('orders bytes by their characters: ! first, space among the last', () => {
  expect(alphabetOrder.slice(0, 2)).toEqual([0x21, 0x22])
  expect(alphabetOrder.indexOf(0x20)).toBe(220)
  expect(new Set(alphabetOrder).size).toBe(256)
})
