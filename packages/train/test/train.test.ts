import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tokensOf } from '@llm/data'
import { generate, gpt2, type Model } from '@llm/model'
import { adamW, chain, clipByGlobalNorm, sgd, warmupCosine } from '@llm/optim'
import { key, type Parameters, tf } from '@llm/tensor'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type EvaluateEvent,
  evaluate,
  type StepEvent,
  type TrainOptions,
  type TrainSetup,
  train,
} from '../src/index.js'

const config = {
  vocabularySize: 8,
  contextLength: 8,
  width: 8,
  nLayers: 1,
  nHeads: 2,
  dropout: 0.1,
}
const training = tokensOf(Array.from({ length: 500 }, (_, i) => (i * i + (i >> 3)) % 8))
const validation = tokensOf(Array.from({ length: 90 }, (_, i) => (i * i + (i >> 3) + 1) % 8))

function setup(overrides: Partial<TrainSetup> = {}): TrainSetup {
  const model = gpt2(config)
  return {
    model,
    params: model.init(key(1)),
    optimizer: (steps) =>
      chain(
        clipByGlobalNorm(1),
        adamW({ learningRate: warmupCosine({ peak: 1e-2, warmup: 2, steps }) }),
      ),
    training,
    ...overrides,
  }
}

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'train-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('ten steps are five, a stop, and five more: weights, losses and evaluations to the bit', async () => {
  const options: TrainOptions = {
    steps: 10,
    batchSize: 4,
    accumulate: 2,
    seed: 3,
    evalInterval: 4,
    evalIters: 2,
  }
  const whole = await record({ ...setup(), validation }, options)

  const checkpoint = { directory }
  const first = await record(
    { ...setup(), validation },
    { ...options, checkpoint },
    ({ step }) => step === 5,
  )
  expect(first.result).toMatchObject({ status: 'aborted', step: 5, steps: 10 })
  // Fresh parameters of another seed: all must come from the checkpoint.
  const other = { ...setup(), params: gpt2(config).init(key(99)), validation }
  const second = await record(other, { ...options, checkpoint })
  expect(second.result).toMatchObject({
    status: 'finished',
    step: 10,
    steps: 10,
    bestLoss: whole.result.bestLoss,
  })

  expect(first.steps.concat(second.steps).map(untimed)).toEqual(whole.steps.map(untimed))
  expect(
    first.evaluations
      .concat(second.evaluations)
      .map(({ step, loss, bestLoss }) => [step, loss, bestLoss]),
  ).toEqual(whole.evaluations.map(({ step, loss, bestLoss }) => [step, loss, bestLoss]))
  expect(whole.evaluations.map(({ step }) => step)).toEqual([0, 4, 8, 10])
  expectSame(other.params, whole.params)
  expect(whole.steps.at(-1)!.loss).not.toBe(whole.steps[0]!.loss)
})

test('a finished run that is started again only loads its weights', async () => {
  const options: TrainOptions = { steps: 4, batchSize: 2, checkpoint: { directory } }
  const first = await record(setup(), options)
  const samples: number[] = []
  const again = await record(
    { ...setup(), params: gpt2(config).init(key(99)) },
    { ...options, onSample: ({ step }) => void samples.push(step) },
  )
  expect(again.steps).toEqual([])
  expect(samples).toEqual([])
  expect(again.result).toMatchObject({
    status: 'finished',
    step: 4,
    checkpoint: first.result.checkpoint,
  })
  expectSame(again.params, first.params)
})

test('a run in minutes times its first steps, fixes their number, and goes on with it', async () => {
  const asked: number[] = []
  const optimizer = (steps: number): ReturnType<typeof sgd> => {
    asked.push(steps)
    return sgd({ learningRate: 0.1 })
  }
  const options: TrainOptions = { minutes: 0.25, batchSize: 2, checkpoint: { directory } }
  const first = await record(setup({ optimizer }), options, ({ steps }) => steps !== undefined)
  const { step, steps: total } = first.result
  expect(total).toBeGreaterThan(step)
  expect(asked).toEqual([Number.POSITIVE_INFINITY, total])
  // At least four before it knew: one that does not count, three that do.
  expect(first.steps.filter(({ steps }) => steps === undefined).length).toBeGreaterThanOrEqual(4)
  expect(first.steps.every(({ secondsLeft }) => secondsLeft >= 0)).toBe(true)

  const second = await record(setup({ optimizer }), options, (event) => event.step === step + 2)
  expect(second.result).toMatchObject({ status: 'aborted', step: step + 2, steps: total })
  // The clock goes on from the checkpoint, which was written after the last step.
  expect(second.steps[0]!.secondsElapsed).toBeGreaterThan(first.steps.at(-1)!.secondsElapsed)
  expect(asked.at(-1)).toBe(total)
})

test('a run in minutes that was stopped before it knew goes on timing when it is continued', async () => {
  const options: TrainOptions = { minutes: 10, batchSize: 2, checkpoint: { directory } }
  const first = await record(setup(), options, ({ step }) => step === 2)
  expect(first.result).toMatchObject({ status: 'aborted', step: 2 })
  expect(first.result.steps).toBe(undefined)
  const second = await record(setup(), { ...options, steps: 5 })
  expect(second.result).toMatchObject({ status: 'finished', step: 5, steps: 5 })
})

test('steps and minutes together: the shorter counts', async () => {
  const run = await record(setup(), { steps: 12, minutes: 100, batchSize: 2 })
  expect(run.result).toMatchObject({ status: 'finished', step: 12 })
})

test('a repeating pattern is learned to almost nothing, and generated', async () => {
  const pattern = [1, 5, 2, 7, 0, 3]
  const tokens = tokensOf(Array.from({ length: 600 }, (_, i) => pattern[i % 6]!))
  const model = gpt2({ ...config, dropout: 0, width: 16 })
  const params = model.init(key(1))
  const optimizer = adamW({ learningRate: 2e-2 })
  await train({ model, params, optimizer, training: tokens }, { steps: 60, batchSize: 4 })
  expect((await evaluate(model, params, tokens)).loss).toBeLessThan(0.02)
  const ids: number[] = []
  for await (const id of generate(model, params, [1, 5], { maxTokens: 10, temperature: 0 }))
    ids.push(id)
  expect(ids).toEqual([2, 7, 0, 3, 1, 5, 2, 7, 0, 3])
})

test('one batch of noise can be learned by heart', async () => {
  // As long as one sequence and its targets: every batch is this one.
  const noise = tokensOf([3, 1, 4, 1, 5, 2, 6, 5, 3])
  const model = gpt2({ ...config, dropout: 0, width: 32 })
  const losses: number[] = []
  const optimizer = adamW({ learningRate: 1e-2, weightDecay: 0 })
  await train(
    { model, params: model.init(key(1)), optimizer, training: noise },
    { steps: 60, batchSize: 1, onStep: ({ loss }) => void losses.push(loss) },
  )
  expect(losses[0]).toBeGreaterThan(1.5)
  expect(losses.at(-1)).toBeLessThan(0.01)
})

test('each step has its own batch and drops its own part', async () => {
  const still = sgd({ learningRate: 0 })
  const losses = async (overrides: Partial<TrainSetup>): Promise<number> => {
    const run = await record(setup({ optimizer: still, ...overrides }), { steps: 6, batchSize: 1 })
    return new Set(run.steps.map(({ loss }) => loss)).size
  }
  const plain = gpt2({ ...config, dropout: 0 })
  const one = tokensOf([3, 1, 4, 1, 5, 2, 6, 5, 3]) // the only sequence there is
  expect(await losses({ model: plain, training: one })).toBe(1)
  expect(await losses({ model: plain })).toBeGreaterThan(3)
  expect(await losses({ training: one })).toBeGreaterThan(3)
})

test('a hundred steps with evaluations and checkpoints leave as many tensors as the first', async () => {
  const counts: number[] = []
  const work = { ...setup(), validation }
  const before = tf.memory().numTensors
  await train(work, {
    steps: 100,
    batchSize: 2,
    accumulate: 2,
    evalInterval: 10,
    evalIters: 1,
    checkpoint: { directory, everySteps: 30 },
    onStep: () => void counts.push(tf.memory().numTensors),
  })
  expect(new Set(counts).size).toBe(1)
  expect(tf.memory().numTensors).toBe(before)
})

test('says what it does: rates, norms, speed, samples, saves', async () => {
  const sampled: number[] = []
  const saved: string[] = []
  const run = await record(setup(), {
    steps: 9,
    batchSize: 3,
    sequenceLength: 5,
    sampleInterval: 4,
    onSample: ({ step, model, params }) => {
      expect(Object.keys(params)).toEqual(Object.keys(model.parameterShapes()))
      sampled.push(step)
    },
    checkpoint: { directory, everySteps: 3, keep: 2 },
    onSave: ({ step }) => void saved.push(`step-${String(step).padStart(8, '0')}`),
  })
  expect(sampled).toEqual([4, 8, 9])
  expect(saved).toEqual(['step-00000003', 'step-00000006', 'step-00000009'])
  expect((await readdir(directory)).sort()).toEqual(saved.slice(1))
  const schedule = warmupCosine({ peak: 1e-2, warmup: 2, steps: 9 })
  for (const [i, event] of run.steps.entries()) {
    expect(event.step).toBe(i + 1)
    expect(event.steps).toBe(9)
    expect(event.learningRate).toBe(schedule(i))
    expect(event.gradientNorm).toBeGreaterThan(0)
    expect(event.tokensPerSecond).toBeGreaterThan(0)
    expect(event.stepSeconds).toBeGreaterThan(0)
  }
  expect(run.steps.at(-1)!.secondsLeft).toBe(0)
})

test('a loss that is no number ends the run with the step and the losses before, and saves nothing of it', async () => {
  const work = setup()
  const good: Model = work.model
  let calls = 0
  const model: Model = {
    ...good,
    loss: (...args) =>
      ++calls === 4 ? tf.mul(good.loss(...args), Number.NaN) : good.loss(...args),
  }
  const before = tf.memory().numTensors
  const run = train(
    { ...work, model },
    { steps: 9, batchSize: 2, checkpoint: { directory, everySteps: 2 } },
  )
  await expect(run).rejects.toThrow(
    /got loss NaN .* at step 4 \(losses before: \d\.\d+, \d\.\d+, \d\.\d+\); use a lower learning rate/,
  )
  expect(await readdir(directory)).toEqual(['step-00000002'])
  expect(tf.memory().numTensors).toBe(before)
})

test('a signal is heard during the steps, as timers run, and in an evaluation', async () => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 100)
  const run = await train(setup(), { steps: 1e6, batchSize: 2, signal: controller.signal })
  expect(run.status).toBe('aborted')

  const second = new AbortController()
  setTimeout(() => second.abort(), 100)
  const ended = await train(
    { ...setup(), validation },
    {
      steps: 5,
      evalIters: 1e6,
      signal: second.signal,
      checkpoint: { directory },
      onEvaluate: () => expect.fail('it never ends'),
    },
  )
  expect(ended).toMatchObject({ status: 'aborted', step: 0 })
  expect(await readdir(directory)).toEqual(['step-00000000'])
})

test.each<[Partial<TrainOptions>, Partial<TrainSetup>, string]>([
  [{}, {}, 'expected steps or minutes'],
  [{ minutes: 0 }, {}, 'minutes above 0'],
  [{ steps: 1.5 }, {}, 'steps to be a whole number'],
  [{ steps: 1, batchSize: 0 }, {}, 'batchSize'],
  [{ steps: 1, batchSize: 4, accumulate: 3 }, {}, 'accumulate to divide the batchSize of 4'],
  [{ steps: 1, sequenceLength: 9 }, {}, 'contextLength of 8'],
  [{ steps: 1, evalIters: -1 }, {}, 'evalIters'],
  [{ steps: 1, checkpoint: { directory: 'x', keep: 0 } }, {}, 'keep'],
  [{ steps: 1, checkpoint: { directory: 'x', everySeconds: 0 } }, {}, 'everySeconds'],
  [{ steps: 1 }, { training: tokensOf([1, 2, 3]) }, 'more than 8 tokens'],
  [{ steps: 1 }, { training: withHeader('a', 9) }, 'vocabulary of 8, got a vocabulary of 9'],
  [
    { steps: 1 },
    { training: withHeader('a', 8), validation: withHeader('b', 8) },
    'made by tokenizer a',
  ],
])('refuses %j %#', async (options, overrides, message) => {
  await expect(train(setup(overrides), options)).rejects.toThrow(message)
})

function withHeader(
  tokenizerHash: string,
  vocabularySize: number,
): NonNullable<TrainSetup['training']> {
  return { length: training.length, read: training.read, header: { tokenizerHash, vocabularySize } }
}

async function record(
  work: TrainSetup,
  options: TrainOptions,
  stopAt: (event: StepEvent) => boolean = () => false,
): Promise<{
  steps: StepEvent[]
  evaluations: EvaluateEvent[]
  params: Parameters
  result: Awaited<ReturnType<typeof train>>
}> {
  const steps: StepEvent[] = []
  const evaluations: EvaluateEvent[] = []
  const controller = new AbortController()
  const result = await train(work, {
    ...options,
    signal: controller.signal,
    onStep: (event) => {
      steps.push(event)
      if (stopAt(event)) controller.abort()
    },
    onEvaluate: (event) => void evaluations.push(event),
  })
  return { steps, evaluations, params: work.params, result }
}

function untimed({ step, loss, learningRate, gradientNorm }: StepEvent): unknown[] {
  return [step, loss, learningRate, gradientNorm]
}

function expectSame(actual: Parameters, expected: Parameters): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, variable] of Object.entries(actual)) {
    expect(variable.dataSync(), name).toEqual(expected[name]!.dataSync())
  }
}
