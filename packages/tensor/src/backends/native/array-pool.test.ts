import { expect, it } from 'vitest'
import { ArrayPool } from './array-pool.js'

it('gives a released array to the next of its length', () => {
  const pool = new ArrayPool()
  const array = pool.take(5)
  expect(pool.take(5)).not.toBe(array)
  pool.release(array)
  expect(pool.take(6)).not.toBe(array)
  expect(pool.take(5)).toBe(array)
})

it('never lends an array twice, nor one it did not lend, nor one forgotten', () => {
  const pool = new ArrayPool()
  const [mine, theirs] = [pool.take(4), new Float32Array(4)]
  pool.release(mine)
  pool.release(mine)
  pool.release(theirs)
  expect(pool.take(4)).toBe(mine)
  expect(pool.forget(mine)).toBe(true)
  pool.release(mine)
  expect(pool.take(4)).not.toBe(mine)
})

it('keeps no more waiting than was ever lent at once, the latest lengths', () => {
  const pool = new ArrayPool()
  const old = pool.take(10)
  pool.release(old)
  for (let length = 1; length < 10; length++) pool.release(pool.take(length))
  const latest = pool.take(9)
  pool.release(latest)
  expect(pool.take(10)).not.toBe(old)
  expect(pool.take(9)).toBe(latest)
})
