import { describe, it } from 'vitest'
import { attention } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, given } from './check.js'
import * as double from './double.js'

onEveryBackend('ops', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of attentionCases()) it(item.name, () => checkCase(item))
  })
})

function attentionCases(): Case[] {
  const shapes = [
    { batch: 1, queries: 1, keys: 1, nHeads: 1, size: 1 },
    { batch: 2, queries: 5, keys: 5, nHeads: 3, size: 7 },
    { batch: 1, queries: 3, keys: 11, nHeads: 2, size: 4 },
    { batch: 1, queries: 67, keys: 67, nHeads: 1, size: 5 },
    { batch: 0, queries: 3, keys: 3, nHeads: 1, size: 2 },
  ]
  return shapes.flatMap((shape) =>
    [true, false].map((causal) => {
      const { batch, queries, keys, nHeads, size } = shape
      const width = nHeads * size
      return {
        name: `attention ${causal ? 'causal' : 'full'} [${batch},${queries}|${keys},${nHeads}x${size}]`,
        shapes: [
          [batch, queries, width],
          [batch, keys, width],
          [batch, keys, width],
        ],
        op: ([q, k, v]) => attention(given(q), given(k), given(v), { nHeads, causal }),
        twin: ([q, k, v]) => double.attention(given(q), given(k), given(v), { ...shape, causal }),
      }
    }),
  )
}
