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
    [1031, 3, [1030, 5, 5, 0], [4, 1]],
    [3, 0, [1, 2], [2]],
  ]
  return cases.flatMap(([vocabulary, width, ids, shape]) => {
    const name = `embedding [${vocabulary},${width}] by [${ids}] of shape [${shape}]`
    const plain: Case = {
      name,
      shapes: [[vocabulary, width]],
      op: ([table]) => embedding(given(table), tf.tensor(ids, shape, 'int32')),
      twin: ([table]) => double.embedding(given(table), ids, width),
    }
    const time = shape[shape.length - 1]
    if (time === undefined) return [plain]
    const at = (offset: number, contextLength: number): Case => ({
      name: `${name} and positions from ${offset} of ${contextLength}`,
      shapes: [
        [vocabulary, width],
        [contextLength, width],
      ],
      op: ([table, positions]) =>
        embedding(given(table), tf.tensor(ids, shape, 'int32'), {
          positions: given(positions),
          offset,
        }),
      twin: ([table, positions]) =>
        double.embeddingAt(given(table), ids, width, given(positions), { time, offset }),
    })
    return [plain, at(0, time), at(0, time + 3), at(2, time + 3)]
  })
}
