import { describe, it } from 'vitest'
import { layerNorm, rmsNorm } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, given } from './check.js'
import * as double from './double.js'

onEveryBackend('norms', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of shapes.flatMap(cases)) it(item.name, () => checkCase(item))
  })
})

const shapes = [[1, 1], [2, 3, 7], [131], [5, 64], [0, 4], [97, 33], [1, 1021]]

function cases(shape: number[]): Case[] {
  const width = shape[shape.length - 1] ?? 1
  const epsilon = 1e-2
  return [
    {
      name: `layerNorm [${shape}]`,
      shapes: [shape, [width], [width]],
      op: ([x, g, b]) => layerNorm(given(x), given(g), given(b), { epsilon }),
      twin: ([x, g, b]) => double.layerNorm(given(x), given(g), given(b), epsilon),
    },
    {
      name: `layerNorm without bias [${shape}]`,
      shapes: [shape, [width]],
      op: ([x, g]) => layerNorm(given(x), given(g), undefined, { epsilon }),
      twin: ([x, g]) => double.layerNorm(given(x), given(g), undefined, epsilon),
    },
    {
      name: `rmsNorm [${shape}]`,
      shapes: [shape, [width]],
      op: ([x, g]) => rmsNorm(given(x), given(g), { epsilon }),
      twin: ([x, g]) => double.rmsNorm(given(x), given(g), epsilon),
    },
  ]
}
