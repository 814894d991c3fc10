import { describe, expect, it } from 'vitest'
import { key, linear, normal, tf, withPrecision } from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
import * as double from './double.js'
import { at, type Doubles } from './double.js'

onEveryBackend('linear', () => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of cases()) it(item.name, () => checkCase(item))
  })

  describe('bfloat16 products are those of rounded operands, forward and backward', () => {
    for (const transposed of [false, true]) {
      it(transposed ? 'weight [out, in]' : 'weight [in, out]', () => checkBfloat16(transposed))
    }
  })

  it('bfloat16 keeps infinities, NaN and large numbers', async () => {
    const values = [Infinity, -Infinity, NaN, 2 ** 120, -(2 ** 127)]
    const x = tf.tensor2d(values, [values.length, 1])
    const y = withPrecision({ compute: 'bfloat16' }, () => linear(x, tf.ones([1, 1])))
    expect(await doubles(y)).toEqual(values)
  })

  it('a tensor may be input and residual, and a residual may have other uses', async () => {
    const [x, weight] = [normal(key(1), [5, 7]), normal(key(2), [7, 7])]
    const loss = (input: tf.Tensor, w: tf.Tensor) =>
      tf.sum(tf.mul(linear(input, w, undefined, { residual: input }), tf.add(input, 1)))
    const [dx, dWeight] = tf.grads((a: tf.Tensor, b: tf.Tensor) => loss(a, b))([x, weight])
    const plain = (input: tf.Tensor, w: tf.Tensor) =>
      tf.sum(tf.mul(tf.add(tf.matMul(input, w), input), tf.add(input, 1)))
    const expected = tf.grads((a: tf.Tensor, b: tf.Tensor) => plain(a, b))([x, weight])
    expectClose(await doubles(given(dx)), await doubles(given(expected[0])), 2e-5, 'dx')
    expectClose(await doubles(given(dWeight)), await doubles(given(expected[1])), 2e-5, 'dWeight')
  })
})

function cases(): Case[] {
  const shapes: [number[], number][] = [
    [[1, 1], 1],
    [[3, 5, 7], 11],
    [[13], 3],
    [[0, 5], 3],
    [[2, 3], 1],
    [[97, 31], 67],
    [[5, 401], 130],
  ]
  const activations = [undefined, 'gelu', 'gelu-tanh'] as const
  return shapes.flatMap(([shape, n]) =>
    activations.flatMap((activation) =>
      // All forms on small shapes; their twins take long on large ones.
      (n < 60 ? [0, 1, 2, 3, 5, 6] : [3, 6]).map((bits) => {
        const [bias, residual, transposed] = [(bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0]
        return linearCase({ shape, n, activation, bias, residual, transposed })
      }),
    ),
  )
}

interface Form {
  readonly shape: number[]
  readonly n: number
  readonly activation: 'gelu' | 'gelu-tanh' | undefined
  readonly bias: boolean
  readonly residual: boolean
  readonly transposed: boolean
}

function linearCase({ shape, n, activation, bias, residual, transposed }: Form): Case {
  const k = shape[shape.length - 1] ?? 1
  const yShape = [...shape.slice(0, -1), n]
  const weightShape = transposed ? [n, k] : [k, n]
  const name = `linear [${shape}] x [${weightShape}]${transposed ? '^T' : ''}`
  // What rounding adds up to grows with the number of terms and their sum.
  const tolerance = 1e-6 * Math.max(20, k / 4)
  const marks = [bias ? 'bias' : '', activation ?? '', residual ? 'residual' : '']
  return {
    name: [name, ...marks.filter((mark) => mark !== '')].join(' + '),
    shapes: [shape, weightShape, ...(bias ? [[n]] : []), ...(residual ? [yShape] : [])],
    tolerance,
    op: (inputs) => {
      const [x, weight, ...rest] = inputs
      return linear(given(x), given(weight), bias ? rest[0] : undefined, {
        ...(activation === undefined ? {} : { activation }),
        ...(residual ? { residual: given(rest[rest.length - 1]) } : {}),
        transposed,
      })
    },
    twin: (inputs) => {
      const [x, weight, ...rest] = inputs
      const matrix = transposed ? transpose(given(weight), k) : given(weight)
      const hidden = double.linear(given(x), matrix, bias ? rest[0] : undefined, n)
      const y =
        activation === undefined
          ? hidden
          : double.gelu(hidden, activation === 'gelu' ? 'none' : 'tanh')
      const added = residual ? given(rest[rest.length - 1]) : undefined
      return added === undefined ? y : y.map((v, i) => v + at(added, i))
    },
  }
}

async function checkBfloat16(transposed: boolean): Promise<void> {
  const [rows, k, n] = [37, 131, 65]
  const [x, dy] = [normal(key(3), [rows, k]), normal(key(4), [rows, n])]
  const weight = normal(key(5), transposed ? [n, k] : [k, n])
  const bias = normal(key(6), [n])
  const op = (a: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
    withPrecision({ compute: 'bfloat16' }, () => linear(a, w, b, { transposed }))
  const stored = nearest(await doubles(weight))
  const [xs, ws] = [nearest(await doubles(x)), transposed ? transpose(stored, k) : stored]
  const expected = double.linear(xs, ws, await doubles(bias), n)
  expectClose(await doubles(op(x, weight, bias)), expected, 2e-5, 'value')

  // Outside the scope: the op remembers the precision of its forward pass.
  const gradients = tf.grads((a: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => op(a, w, b))
  const [dx, dWeight, dBias] = gradients([x, weight, bias], dy)
  const dys = nearest(await doubles(dy))
  const zeros = Array.from({ length: k }, () => 0)
  const dxs = double.linear(dys, transpose(ws, n), zeros, k)
  expectClose(await doubles(given(dx)), dxs, 2e-5, 'dx')
  const dws = double.linear(transpose(xs, k), dys, undefined, n)
  const dWeights = transposed ? transpose(dws, n) : dws
  expectClose(await doubles(given(dWeight)), dWeights, 2e-5, 'dWeight')
  const sums = double.linear(
    Array.from({ length: rows }, () => 1),
    await doubles(dy),
    undefined,
    n,
  )
  expectClose(await doubles(given(dBias)), sums, 2e-5, 'dBias')
}

/** A matrix of rows of `width`, transposed. */
function transpose(x: Doubles, width: number): number[] {
  const rows = width === 0 ? 0 : x.length / width
  return Array.from({ length: x.length }, (_, i) =>
    at(x, (i % rows) * width + Math.floor(i / rows)),
  )
}

/** The nearest bfloat16 of each, of two equally near ones the even one. */
function nearest(x: Doubles): number[] {
  return x.map((v) => {
    if (v === 0) return 0
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(v))) - 7)
    const [down, rest] = [Math.floor(v / unit), v / unit - Math.floor(v / unit)]
    const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0)
    return (up ? down + 1 : down) * unit
  })
}
