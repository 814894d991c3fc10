import { describe, expect, it } from 'vitest'
import { dropout, gelu, key, normal, swiglu, tf, uniform } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
import * as double from './double.js'
import { at } from './double.js'

onEveryBackend('activations', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of [...geluCases(), ...swigluCases()]) it(item.name, () => checkCase(item))
  })

  it('dropout: the same key drops the same elements, forward and backward', async () => {
    const x = normal(key(4), [7, 1031])
    const numbers = await doubles(uniform(key(5), [7, 1031]))
    const kept = numbers.map((number) => (number < Math.fround(0.3) ? 0 : 1 / 0.7))
    const values = await doubles(x)
    const expected = values.map((value, i) => value * at(kept, i))
    expectClose(await doubles(dropout(x, 0.3, key(5))), expected, 1e-6, 'value')
    const gradient = tf.grad((given: tf.Tensor) => dropout(given, 0.3, key(5)))(x)
    expectClose(await doubles(gradient), kept, 1e-6, 'gradient')
    expect(kept.filter((factor) => factor === 0).length / kept.length).toBeCloseTo(0.3, 1)
  })
})

function geluCases(): Case[] {
  return (['tanh', 'none'] as const).flatMap((approximate) =>
    [[1], [3, 37], [0], [2, 2, 1009]].map((shape) => ({
      name: `gelu ${approximate} [${shape}]`,
      shapes: [shape],
      op: ([x]: tf.Tensor[]) => gelu(tf.mul(given(x), 3), { approximate }),
      twin: ([x]: double.Doubles[]) => double.gelu(scaled(x), approximate),
    })),
  )
}

function swigluCases(): Case[] {
  return [[1], [3, 37], [0], [0, 3], [2, 2, 1009]].flatMap((shape) => {
    const width = shape[shape.length - 1] ?? 1
    return [
      {
        name: `swiglu [${shape}]`,
        shapes: [shape, shape],
        op: ([gate, up]: tf.Tensor[]) => swiglu(tf.mul(given(gate), 3), given(up)),
        twin: ([gate, up]: double.Doubles[]) => double.swiglu(scaled(gate), given(up)),
      },
      {
        name: `swiglu packed [${shape}]`,
        shapes: [[...shape.slice(0, -1), 2 * width]],
        op: ([x]: tf.Tensor[]) => swiglu(tf.mul(given(x), 3)),
        twin: ([x]: double.Doubles[]) => double.swiglu(...double.halves(scaled(x), width)),
      },
    ]
  })
}

function scaled(x: double.Doubles | undefined): number[] {
  return given(x).map((v) => v * 3)
}
