import { expect, test } from 'vitest'
import { PieceCache } from './piece-cache.js'

/** Ids of piece number `i`: one, two or more of them. */
function idsOf(i: number): Uint32Array {
  return Uint32Array.from({ length: 1 + (i % 4) }, (_, k) => i * 10 + k)
}

function addShort(cache: PieceCache, i: number): void {
  const slot = cache.find(i, i * 31, 7, 0, 9)
  const ids = idsOf(i)
  if (cache.slots[slot + 4] === 0) cache.add(slot, i, i * 31, 7, 0, 9, ids, 0, ids.length)
}

function getShort(cache: PieceCache, i: number): number[] | undefined {
  const slot = cache.find(i, i * 31, 7, 0, 9)
  const { slots } = cache
  if (slots[slot + 4] === 0) return undefined
  const count = slots[slot + 5]!
  const first = slots[slot + 6]!
  if (count <= 2) return [first, slots[slot + 7]!].slice(0, count)
  return Array.from(cache.ids.subarray(first, first + count))
}

function long(i: number): Uint8Array {
  return new TextEncoder().encode(`a piece of more than sixteen bytes, number ${i}`)
}

test('keeps the ids of short pieces while it grows', () => {
  const cache = new PieceCache()
  for (let i = 0; i < 20_000; i++) addShort(cache, i)
  for (let i = 0; i < 20_000; i++) expect(getShort(cache, i)).toEqual([...idsOf(i)])
  expect(getShort(cache, 20_000)).toBeUndefined()
  expect(cache.size).toBe(20_000)
})

test('keeps the ids of long pieces while it grows', () => {
  const cache = new PieceCache()
  const out = new Uint32Array(10)
  for (let i = 0; i < 5000; i++) {
    const bytes = long(i)
    cache.addLong(bytes, 0, bytes.length, idsOf(i), 0, idsOf(i).length)
  }
  for (let i = 0; i < 5000; i++) {
    const bytes = long(i)
    const count = cache.copyLong(bytes, 0, bytes.length, out, 3)
    expect(out.slice(3, 3 + count)).toEqual(idsOf(i))
  }
  expect(cache.copyLong(long(5000), 0, long(5000).length, out, 0)).toBe(0)
})

test('tells pieces of the same bytes apart by their length', () => {
  const cache = new PieceCache()
  cache.add(cache.find(1, 0, 0, 0, 1), 1, 0, 0, 0, 1, Uint32Array.of(5), 0, 1)
  expect(cache.slots[cache.find(1, 0, 0, 0, 2) + 4]).toBe(0)
})

test('stops taking in at its limits, and still answers', () => {
  const cache = new PieceCache({ shortSlots: 2048, longSlots: 256, longBytes: 1000, ids: 1 << 12 })
  for (let i = 0; i < 10_000; i++) addShort(cache, i)
  for (let i = 0; i < 100; i++) {
    const bytes = long(i)
    cache.addLong(bytes, 0, bytes.length, idsOf(i), 0, idsOf(i).length)
  }
  expect(cache.size).toBeLessThan(2048 * 0.6 + 1 + 1000 / 40)
  expect(getShort(cache, 5)).toEqual([...idsOf(5)])
  expect(getShort(cache, 9999)).toBeUndefined()
  expect(cache.copyLong(long(0), 0, long(0).length, new Uint32Array(9), 0)).toBe(1)
  expect(cache.copyLong(long(99), 0, long(99).length, new Uint32Array(9), 0)).toBe(0)
})
