import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenTable } from '../token-table.js'
import { TokenIndex } from './token-index.js'

test('finds every token by its bytes, and nothing else', () => {
  const token = fc.uint8Array({ max: 3, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), fc.array(token), (tokens, others) => {
      const special = new Map([['name', 2]])
      const index = new TokenIndex(tokenTable(tokens), special)
      for (const bytes of [...tokens, ...others]) {
        const wanted = tokens.findIndex(
          (each, id) => id !== 2 && each.length > 0 && each.join() === bytes.join(),
        )
        expect(index.find(Uint8Array.of(9, ...bytes, 9), 1, 1 + bytes.length)).toBe(wanted)
      }
    }),
  )
})
