import { expect, test } from 'vitest'
import type { ProgressUpdate } from '../progress.js'
import { collect, pipe } from '../stage.js'
import { withProgress } from './with-progress.js'

test('reports the total that was expected, and at the end the one that came', async () => {
  const updates: ProgressUpdate[] = []
  const stage = withProgress<string>('t', (update) => updates.push(update), { total: 3, unit: 'x' })
  expect(await collect(pipe(['a', 'b'], stage))).toEqual(['a', 'b'])
  expect(updates.map(({ done, total }) => [done, total])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
    [2, 2],
  ])
  expect(updates[0]).toEqual({ task: 't', done: 0, total: 3, unit: 'x' })
})

test('does nothing without a callback', async () => {
  expect(await collect(pipe([1], withProgress<number>('t', undefined)))).toEqual([1])
})
