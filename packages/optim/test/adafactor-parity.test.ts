// Against the Adafactor of transformers 5.23.0 and clip_grad_norm_ of PyTorch 2.15.0: fixtures/make-adafactor.py.
import { readFile } from 'node:fs/promises'
import { type Parameters, tf } from '@llm/tensor'
import { expect, test } from 'vitest'
import { adafactor, chain, clipByGlobalNorm, type State, takeStep } from '../src/index.js'

type Tensors = Record<string, number[] | number[][] | number[][][]>
interface Fixture {
  readonly maxNorm: number
  readonly cases: Record<
    'relative' | 'given' | 'plain',
    { readonly before: Tensors; readonly rows: { gradients: Tensors; params: Tensors }[] }
  >
}

const fixture: Fixture = JSON.parse(
  await readFile(new URL('./fixtures/adafactor.json', import.meta.url), 'utf8'),
)

test.each([
  ['relative', {}],
  ['given', { learningRate: 0.05, beta1: 0.9 }],
  ['plain', { learningRate: 0.02, leastSize: 0 }],
] as const)(
  'six steps of clipping and Adafactor give the weights of transformers: %s',
  (name, options) => {
    const { before, rows } = fixture.cases[name]
    const params: Parameters = Object.fromEntries(
      Object.entries(tensors(before)).map(([key, tensor]) => [key, tf.variable(tensor)]),
    )
    const optimizer = chain(
      clipByGlobalNorm(fixture.maxNorm),
      adafactor({ ...options, factorFrom: 1 }),
    )
    let state: readonly State[] = optimizer.init(params)
    for (const [i, row] of rows.entries()) {
      state = takeStep(optimizer, params, tensors(row.gradients), state)
      for (const [key, wanted] of Object.entries(row.params)) {
        const expected = tf.tensor(wanted).dataSync()
        const difference = params[key]!.dataSync().map((x, j) => Math.abs(x - expected[j]!))
        expect(Math.max(...difference), `${key} after step ${i + 1}`).toBeLessThan(1e-6)
      }
    }
  },
)

function tensors(values: Tensors): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.tensor(value)]))
}
