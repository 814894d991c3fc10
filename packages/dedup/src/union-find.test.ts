import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnionFind } from './union-find.js'

it('agrees with relabelling whole lists, whatever the order of the unions', () => {
  const numbers = fc.integer({ min: 0, max: 19 })
  fc.assert(
    fc.property(fc.array(fc.tuple(numbers, numbers)), (unions) => {
      const sets = new UnionFind(20)
      let labels = Array.from({ length: 20 }, (_, i) => i)
      for (const [i, j] of unions) {
        const [a, b] = [labels[i]!, labels[j]!]
        expect(sets.union(i, j)).toBe(a !== b)
        labels = labels.map((label) => (label === a || label === b ? Math.min(a, b) : label))
      }
      expect(labels.map((_, i) => sets.find(i))).toEqual(labels)
    }),
  )
})

it('grows one by one', () => {
  const sets = new UnionFind()
  for (let i = 0; i < 5000; i++) expect(sets.add()).toBe(i)
  for (let i = 1; i < 5000; i++) sets.union(i, i - 1)
  expect([sets.size, sets.find(4999)]).toEqual([5000, 0])
  expect(() => sets.find(5000)).toThrow('UnionFind: expected 0 to 4999, got 5000')
})
