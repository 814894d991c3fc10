import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinTokens } from './join-tokens.js'
import { tokenTable } from './token-table.js'

test('puts tokens in a row, of any length and at any place of the table', () => {
  const tables = fc.array(fc.uint8Array({ maxLength: 12 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(tables, fc.array(fc.nat()), (tokens, numbers) => {
      const ids = numbers.map((n) => n % tokens.length)
      const join = joinTokens(tokenTable(tokens), false, () => expect.unreachable())
      const wanted = ids.flatMap((id) => [...tokens[id]!])
      expect([...join(ids)]).toEqual(wanted)
      expect([...join(Uint32Array.from(ids))]).toEqual(wanted)
    }),
  )
})

test('asks about what is no id, and about all when some are unused', () => {
  const table = tokenTable([Uint8Array.of(1), Uint8Array.of(2)])
  const refuse = (id: number, index: number): never => {
    throw new RangeError(`${id} at ${index}`)
  }
  for (const id of [-1, 2, 0.5, Number.NaN, 2 ** 32]) {
    expect(() => joinTokens(table, false, refuse)([0, id])).toThrow(new RangeError(`${id} at 1`))
  }
  expect(() => joinTokens(table, true, refuse)([0])).toThrow(new RangeError('0 at 0'))
})
