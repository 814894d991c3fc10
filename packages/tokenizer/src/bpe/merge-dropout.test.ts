import { random } from '@llm/data/random'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeDropoutReference } from '../reference/merge-dropout-reference.js'
import { mergeReference } from '../reference/merge-reference.js'
import { mergePiece } from './merge-piece.js'
import { MergeTable } from './merge-table.js'

/** Merges of ids below the next one, each pair once. */
const someRules = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }).map((pairs) => {
  const seen = new Set<string>()
  const rules: { left: number; right: number; product: number }[] = []
  for (const [a, b] of pairs) {
    const product = 4 + rules.length
    const [left, right] = [a % product, b % product]
    if (seen.has(`${left} ${right}`)) continue
    seen.add(`${left} ${right}`)
    rules.push({ left, right, product })
  }
  return rules
})

function merge(
  rules: readonly { left: number; right: number; product: number }[],
  symbols: readonly number[],
  rate: number,
): number[] {
  const [left, right, product] = (['left', 'right', 'product'] as const).map((side) =>
    rules.map((rule) => rule[side]),
  )
  const ids = Uint32Array.of(9, ...symbols)
  const stream = random(5, 'test', 0)
  const count = mergePiece(new MergeTable(left!, right!, product!), ids, 1, symbols.length, {
    rate,
    random: () => stream.float(),
  })
  return [...ids.subarray(1, 1 + count)]
}

test('merges what the reference merges with the same random numbers', () => {
  fc.assert(
    fc.property(
      someRules,
      fc.array(fc.nat(3), { maxLength: 30 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rules, symbols, rate) => {
        const stream = random(5, 'test', 0)
        const wanted = mergeDropoutReference(rules, symbols, { rate, random: () => stream.float() })
        expect(merge(rules, symbols, rate)).toEqual(wanted)
        expect(merge(rules, symbols, 0)).toEqual(mergeReference(rules, symbols))
        expect(merge(rules, symbols, 1)).toEqual(symbols)
      },
    ),
    { numRuns: 1000 },
  )
})

test('leaves out the share of merges that it is told to', () => {
  const table = new MergeTable([0], [1], [4])
  const stream = random(7, 'test', 0)
  const dropout = { rate: 0.3, random: () => stream.float() }
  let merged = 0
  for (let i = 0; i < 20_000; i++) {
    merged += 2 - mergePiece(table, Uint32Array.of(0, 1), 0, 2, dropout)
  }
  // Four standard deviations.
  expect(Math.abs(merged / 20_000 - 0.7)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 20_000))
})
