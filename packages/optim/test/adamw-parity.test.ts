// Against torch.optim.AdamW and clip_grad_norm_ of PyTorch 2.15.0: fixtures/make-adamw.py.
import { readFile } from 'node:fs/promises'
import { globalNorm, type Parameters, tf } from '@llm/tensor'
import { expect, test } from 'vitest'
import {
  adamW,
  chain,
  clipByGlobalNorm,
  findNumber,
  type State,
  takeStep,
  warmupCosine,
} from '../src/index.js'

type Tensors = Record<string, number[] | number[][] | number[][][]>
interface Fixture {
  readonly peak: number
  readonly floor: number
  readonly warmup: number
  readonly steps: number
  readonly decay: number
  readonly maxNorm: number
  readonly schedule: number[]
  readonly before: Tensors
  readonly rows: { rate: number; norm: number; gradients: Tensors; params: Tensors }[]
}

const fixture: Fixture = JSON.parse(
  await readFile(new URL('./fixtures/adamw.json', import.meta.url), 'utf8'),
)
const { peak, floor, warmup, steps } = fixture
const schedule = warmupCosine({ peak, floor, warmup, steps })

test('the schedule is that of nanoGPT', () => {
  expect(fixture.schedule).toHaveLength(12)
  for (const [step, rate] of fixture.schedule.entries())
    expect(schedule(step)).toBeCloseTo(rate, 15)
})

test('ten steps of clipping, AdamW with decay of matrices, and a schedule give the weights of PyTorch', () => {
  const params: Parameters = Object.fromEntries(
    Object.entries(tensors(fixture.before)).map(([name, tensor]) => [name, tf.variable(tensor)]),
  )
  const optimizer = chain(
    clipByGlobalNorm(fixture.maxNorm),
    adamW({ learningRate: schedule, weightDecay: fixture.decay }),
  )
  let state: State = optimizer.init(params)
  for (const [i, row] of fixture.rows.entries()) {
    const gradients = tensors(row.gradients)
    const [norm] = globalNorm(Object.values(gradients)).dataSync()
    expect(Math.abs(norm! / row.norm - 1)).toBeLessThan(1e-6)
    state = takeStep(optimizer, params, gradients, optimizerState(state))
    expect(findNumber(state, 'learningRate')).toBeCloseTo(row.rate, 15)
    for (const [name, wanted] of Object.entries(row.params)) {
      const expected = tf.tensor(wanted).dataSync()
      const difference = params[name]!.dataSync().map((x, j) => Math.abs(x - expected[j]!))
      expect(Math.max(...difference), `${name} after step ${i + 1}`).toBeLessThan(1e-6)
    }
  }
})

function optimizerState(state: State): readonly State[] {
  return Array.isArray(state) ? state : expect.fail('the state of a chain is an array')
}

function tensors(values: Tensors): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.tensor(value)]))
}
