import { describe, it } from 'vitest'
import { layerNorm } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, given } from './check.js'
import * as double from './double.js'

onEveryBackend('norms', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of layerNormCases()) it(item.name, () => checkCase(item))
  })
})

function layerNormCases(): Case[] {
  return [[1, 1], [2, 3, 7], [131], [5, 64], [0, 4]].map((shape) => {
    const width = shape[shape.length - 1] ?? 1
    return {
      name: `layerNorm [${shape}]`,
      shapes: [shape, [width], [width]],
      op: ([x, g, b]) => layerNorm(given(x), given(g), given(b), { epsilon: 1e-2 }),
      twin: ([x, g, b]) => double.layerNorm(given(x), given(g), given(b), 1e-2),
    }
  })
}
