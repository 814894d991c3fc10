import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DigestTable } from './digest-table.js'

it.each([64, 128] as const)('numbers %d-bit digests as a Map would', (bits) => {
  // Few different values per word: slots collide all the time.
  const word = fc.constantFrom(0, 1, 1024, 0x80000000, 0xffffffff)
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word, word), { maxLength: 400 }), (digests) => {
      const table = new DigestTable(bits)
      const map = new Map<string, number>()
      for (const digest of digests) {
        const key = digest.slice(0, bits / 32).join()
        expect(table.find(...digest)).toBe(map.get(key) ?? -1)
        if (!map.has(key)) map.set(key, map.size)
        expect(table.add(...digest)).toBe(map.get(key))
      }
      expect(table.size).toBe(map.size)
    }),
  )
})

it('keeps its numbers while it grows', () => {
  const table = new DigestTable(64)
  for (let i = 0; i < 100_000; i++) table.add(Math.imul(i, 0x9e3779b1), i)
  expect(table.size).toBe(100_000)
  for (let i = 0; i < 100_000; i += 97) expect(table.find(Math.imul(i, 0x9e3779b1), i)).toBe(i)
})
