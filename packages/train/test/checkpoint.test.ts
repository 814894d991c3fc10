import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tokensOf } from '@llm/data'
import { gpt2, readSafetensors } from '@llm/model'
import { adamW, chain, clipByGlobalNorm, disposeState, sgd, takeStep } from '@llm/optim'
import { key, normal, tf } from '@llm/tensor'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Checkpoint,
  findCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
  type TrainOptions,
  type TrainSetup,
  train,
} from '../src/index.js'

const config = { vocabularySize: 8, contextLength: 8, width: 8, nLayers: 1, nHeads: 2 }
const model = gpt2(config)
const training = {
  ...tokensOf(Array.from({ length: 200 }, (_, i) => i % 8)),
  length: 200,
  header: { vocabularySize: 8, tokenizerHash: 'abc' },
}

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkpoint-'))
})
afterEach(() => rm(directory, { recursive: true }))

function checkpoint(step: number): Checkpoint {
  const params = model.init(key(step))
  const optimizer = adamW({ learningRate: 0.1 })
  const gradients = Object.fromEntries(
    Object.entries(params).map(([name, p], i) => [name, normal(key(i), p.shape)]),
  )
  const optimizerState = takeStep(optimizer, params, gradients, optimizer.init(params))
  return {
    step,
    steps: 10,
    seconds: 1.25,
    bestLoss: 1 / 3,
    identity: { seed: 1 },
    params,
    optimizerState,
  }
}

test('a checkpoint comes back to the bit, in a folder that other tools can read', async () => {
  const saved = checkpoint(7)
  const path = await saveCheckpoint(directory, saved)
  expect(path).toBe(join(directory, 'step-00000007'))
  expect((await readdir(path)).sort()).toEqual([
    'model.safetensors',
    'optimizer.safetensors',
    'state.json',
  ])
  const { tensors } = await readSafetensors(join(path, 'model.safetensors'))
  expect(tensors.get('wte.weight')!.data).toEqual(saved.params['wte.weight']!.dataSync())

  const params = model.init(key(99))
  const optimizerState = adamW({ learningRate: 0.1 }).init(params)
  const before = tf.memory().numTensors
  const loaded = await loadCheckpoint(path, { params, optimizerState, identity: { seed: 1 } })
  expect(tf.memory().numTensors).toBe(before)
  expect(loaded).toMatchObject({ step: 7, steps: 10, seconds: 1.25, bestLoss: 1 / 3 })
  for (const [name, parameter] of Object.entries(saved.params)) {
    expect(params[name]!.dataSync()).toEqual(parameter.dataSync())
  }
  const again = join(directory, 'again')
  await saveCheckpoint(again, { ...loaded, params })
  for (const name of await readdir(path)) {
    expect(await readFile(join(again, 'step-00000007', name))).toEqual(
      await readFile(join(path, name)),
    )
  }
})

test('the newest whole checkpoint is found; half-written and damaged ones are passed over and reported', async () => {
  expect(await findCheckpoint(join(directory, 'none'))).toEqual({ skipped: [] })
  for (const step of [1, 2, 3, 4, 5, 6])
    await saveCheckpoint(directory, checkpoint(step), { keep: 9 })
  const at = (step: number): string => join(directory, `step-0000000${step}`)
  await rm(join(at(6), 'state.json'))
  await truncate(join(at(5), 'model.safetensors'), 100)
  await truncate(join(at(4), 'optimizer.safetensors'), 1000)
  await writeFile(join(at(3), 'state.json'), '{"format":1,"step":')
  await cp(at(2), `${at(9)}.tmp-12`, { recursive: true })
  await writeFile(join(directory, 'step-00000010'), 'a file')
  const found = await findCheckpoint(directory)
  expect(found.path).toBe(at(2))
  expect(found.skipped.map(({ path }) => path)).toEqual([
    join(directory, 'step-00000010'),
    at(6),
    at(5),
    at(4),
    at(3),
  ])
  expect(found.skipped.map(({ reason }) => reason).join('\n')).toMatch(
    /ENOTDIR.*\n.*state\.json.*\n.*\n.*\n.*does not parse/,
  )
})

test('old checkpoints and what killed runs left are deleted, nothing else', async () => {
  await mkdir(join(directory, 'step-00000002.tmp-12345'))
  await mkdir(join(directory, 'step-best'))
  await writeFile(join(directory, 'notes.txt'), 'mine')
  for (const step of [1, 2, 3, 4]) await saveCheckpoint(directory, checkpoint(step))
  expect((await readdir(directory)).sort()).toEqual([
    'notes.txt',
    'step-00000003',
    'step-00000004',
    'step-best',
  ])
  // Saving a step again replaces it.
  await saveCheckpoint(directory, { ...checkpoint(4), seconds: 9 }, { keep: 1 })
  expect((await readdir(directory)).filter((name) => /\d/.test(name))).toEqual(['step-00000004'])
  expect(await readFile(join(directory, 'step-00000004', 'state.json'), 'utf8')).toContain(
    '"seconds": 9',
  )
})

test('a save that fails leaves the checkpoints as they were', async () => {
  await saveCheckpoint(directory, checkpoint(1))
  const broken = checkpoint(2)
  broken.params['wte.weight']!.dispose()
  await expect(saveCheckpoint(directory, broken)).rejects.toThrow()
  expect((await findCheckpoint(directory)).path).toBe(join(directory, 'step-00000001'))
})

test('another model, optimizer or run is refused, and nothing is changed', async () => {
  const path = await saveCheckpoint(directory, checkpoint(1))
  const params = model.init(key(99))
  const before = params['wte.weight']!.dataSync().slice()
  const state = adamW({ learningRate: 0.1 }).init(params)
  const load = (
    target: Partial<Parameters<typeof loadCheckpoint>[1]>,
  ): ReturnType<typeof loadCheckpoint> =>
    loadCheckpoint(path, { params, optimizerState: state, ...target })
  const tensors = tf.memory().numTensors
  await expect(load({ optimizerState: [{ step: 0, learningRate: 0 }] })).rejects.toThrow(
    'saved by another optimizer',
  )
  await expect(load({ identity: { seed: 2 } })).rejects.toThrow('seed: 1, now 2')
  expect(tf.memory().numTensors).toBe(tensors)
  const wider = gpt2({ ...config, width: 16 }).init(key(1))
  await expect(load({ params: wider })).rejects.toThrow('another model')
  expect(params['wte.weight']!.dataSync()).toEqual(before)
  disposeState(state)
})

test.each<[string, Partial<TrainSetup>, Partial<TrainOptions>, string]>([
  ['config', { model: gpt2({ ...config, nHeads: 4 }) }, {}, 'config.nHeads: 2, now 4'],
  [
    'tokenizer',
    { training: { ...training, header: { vocabularySize: 8, tokenizerHash: 'xyz' } } },
    {},
    'tokenizerHash: "abc", now "xyz"',
  ],
  [
    'tokens',
    { training: tokensOf(Array.from({ length: 99 }, (_, i) => i % 8)) },
    {},
    'trainingTokens: 200, now 99',
  ],
  ['seed', {}, { seed: 5 }, 'seed: 0, now 5'],
  ['batch', {}, { batchSize: 3 }, 'batchSize: 2, now 3'],
  ['steps', {}, { steps: 9 }, 'expected steps 4'],
  ['optimizer', { optimizer: sgd({ learningRate: 1 }) }, {}, 'saved by another optimizer'],
])(
  'train refuses to go on with another %s, and says which',
  async (_, change, options, message) => {
    const setup = (): TrainSetup => ({
      model,
      params: model.init(key(1)),
      optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate: 0.01 })),
      training,
    })
    const base: TrainOptions = { steps: 4, batchSize: 2, checkpoint: { directory } }
    await train(setup(), base)
    const other = { ...setup(), ...change }
    const before = tf.memory().numTensors
    await expect(train(other, { ...base, ...options })).rejects.toThrow(message)
    expect(tf.memory().numTensors).toBe(before)
  },
)

test('train tells of a damaged checkpoint and goes on from the one before', async () => {
  const setup = {
    model,
    params: model.init(key(1)),
    optimizer: sgd({ learningRate: 0.1 }),
    training,
  }
  const options: TrainOptions = {
    steps: 6,
    batchSize: 2,
    checkpoint: { directory, everySteps: 2, keep: 3 },
  }
  await train(setup, options)
  const whole = setup.params['wte.weight']!.dataSync().slice()
  await truncate(join(directory, 'step-00000006', 'model.safetensors'), 50)
  const warnings: string[] = []
  const steps: number[] = []
  const again = { ...setup, params: model.init(key(2)) }
  await train(again, {
    ...options,
    onWarning: (text) => void warnings.push(text),
    onStep: ({ step }) => void steps.push(step),
  })
  expect(steps).toEqual([5, 6])
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/passed over the checkpoint .*step-00000006: /)
  expect(again.params['wte.weight']!.dataSync()).toEqual(whole)
  expect((await findCheckpoint(directory)).skipped).toEqual([])
})
