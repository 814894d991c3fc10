import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MergeRule, mergeReference } from '../reference/merge-reference.js'
import { mergePiece } from './merge-piece.js'
import { MergeTable, NO_MERGE } from './merge-table.js'

function table(rules: readonly MergeRule[]): MergeTable {
  return new MergeTable(
    rules.map((rule) => rule.left),
    rules.map((rule) => rule.right),
    rules.map((rule) => rule.product),
  )
}

function merge(rules: readonly MergeRule[], ids: readonly number[]): number[] {
  const row = Uint32Array.from([7, ...ids, 9])
  const count = mergePiece(table(rules), row, 1, ids.length)
  expect(row[0]).toBe(7)
  expect(row[ids.length + 1]).toBe(9)
  return Array.from(row.subarray(1, 1 + count))
}

/** Merges of three symbols and of what earlier merges made, in any order: also such as no training would give. */
const rules = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 12 }).chain((pairs) => {
  const list: MergeRule[] = []
  const seen = new Set<string>()
  for (const [a, b] of pairs) {
    const [left, right] = [a % (3 + list.length), b % (3 + list.length)]
    if (seen.has(`${left},${right}`)) continue
    seen.add(`${left},${right}`)
    list.push({ left, right, product: 3 + list.length })
  }
  return fc.shuffledSubarray(list)
})

test('merges as by the book: short pieces by scanning, long ones with a heap', () => {
  const ids = fc.oneof(
    fc.array(fc.nat(2), { minLength: 1, maxLength: 64 }),
    fc.array(fc.nat(2), { minLength: 60, maxLength: 200 }),
  )
  fc.assert(
    fc.property(rules, ids, (list, row) => {
      expect(merge(list, row)).toEqual(mergeReference(list, row))
    }),
    { numRuns: 400 },
  )
})

test('takes the first two of three in a row', () => {
  expect(merge([{ left: 0, right: 0, product: 1 }], [0, 0, 0])).toEqual([1, 0])
  const long = new Array<number>(101).fill(0)
  expect(merge([{ left: 0, right: 0, product: 1 }], long)).toEqual([...new Array(50).fill(1), 0])
})

test('the table finds each pair among many and no other', () => {
  const pairs = Array.from({ length: 5000 }, (_, i) => [i * 7, (i * 13) % 1000] as const)
  const merges = new MergeTable(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
    pairs.map((_, i) => i),
  )
  pairs.forEach(([a, b], rank) => {
    expect(merges.rank(a, b)).toBe(rank)
    expect(merges.rank(a + 1, b)).toBe(NO_MERGE)
  })
})
