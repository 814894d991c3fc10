import { expect, it } from 'vitest'
import { MemoryAccount } from './memory-account.js'

function poolOf(freeBytes: number): { freeBytes: number; clear(): void } {
  return {
    freeBytes,
    clear() {
      this.freeBytes = 0
    },
  }
}

it('asks the system for large arrays only', () => {
  const account = new MemoryAccount(() => 0)
  expect(() => account.check(1 << 23, 'Add', poolOf(0))).not.toThrow()
  expect(() => account.check(1 << 25, 'Add', poolOf(0))).toThrow(
    'native: expected room for an array of 33.6 MB (8388608 numbers) in Add, but tensors take 0 bytes and 0 bytes are free',
  )
})

it('gives up waiting arrays before it says no, and only then', () => {
  const account = new MemoryAccount(() => 3e7)
  const [idle, used] = [poolOf(2e7), poolOf(2e7)]
  account.check(2.9e7, 'Add', idle)
  expect(idle.freeBytes).toBe(2e7)
  account.check(4e7, 'Add', used)
  expect(used.freeBytes).toBe(0)
  expect(() => account.check(5.1e7, 'Add', poolOf(2e7))).toThrow('50.0 MB are free')
})

it('a limit counts tensors and what waits, whatever the size', () => {
  const account = new MemoryAccount(() => 0)
  account.limit = 1000
  account.add(600)
  const pool = poolOf(300)
  account.check(100, 'Add', pool)
  expect(pool.freeBytes).toBe(300)
  account.check(400, 'Add', pool)
  expect(pool.freeBytes).toBe(0)
  expect(() => account.check(404, 'Add', pool)).toThrow(
    'tensors take 600 bytes and the limit is 1000 bytes',
  )
})
