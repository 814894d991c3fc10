import { describe, it } from 'vitest'
import { embedding, tf } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, given } from './check.js'
import * as double from './double.js'

onEveryBackend('embedding', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of embeddingCases()) it(item.name, () => checkCase(item))
  })
})

function embeddingCases(): Case[] {
  const cases: [number, number, number[], number[]][] = [
    [1, 1, [0], [1]],
    [11, 5, [3, 3, 10, 0, 3, 7], [2, 3]],
    [7, 13, [], [0]],
    [5, 3, [4], []],
  ]
  return cases.map(([vocabulary, width, ids, shape]) => ({
    name: `embedding [${vocabulary},${width}] by [${ids}] of shape [${shape}]`,
    shapes: [[vocabulary, width]],
    op: ([table]) => embedding(given(table), tf.tensor(ids, shape, 'int32')),
    twin: ([table]) => double.embedding(given(table), ids, width),
  }))
}
