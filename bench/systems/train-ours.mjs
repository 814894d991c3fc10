// A training step through the public packages: the loop, model and optimizer of the main job.
import { readFileSync } from 'node:fs'
import { tokensOf } from '@llm/data'
import { random } from '@llm/data/random'
import { gpt2 } from '@llm/model'
import { adamW, chain, clipByGlobalNorm } from '@llm/optim'
import { key, useBackend } from '@llm/tensor'
import { train } from '@llm/train'
import { serve } from '../serve.mjs'

const job = JSON.parse(process.argv[2])
const { vocabularySize, sequenceLength, batchSize, width, nLayers, nHeads } = job
const { version } = JSON.parse(
  readFileSync(new URL('../../packages/train/package.json', import.meta.url), 'utf8'),
)

const backend = await useBackend(job.backend, { threads: job.threads })
const model = gpt2({ vocabularySize, contextLength: sequenceLength, width, nLayers, nHeads })
const numbers = random(1, 'bench', 0)
const tokens = tokensOf(
  Uint16Array.from({ length: 1_000_000 }, () => numbers.integer(vocabularySize)),
)

// The loop runs on and on; between two runs it waits in onStep.
let left = 0
let finished = () => {}
let resume
const running = train(
  {
    model,
    params: model.init(key(1)),
    optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate: 1e-3 })),
    training: tokens,
  },
  {
    steps: Number.MAX_SAFE_INTEGER,
    batchSize,
    sequenceLength,
    compute: job.dtype,
    onStep: () => {
      if (--left > 0) return
      finished()
      return new Promise((resolve) => {
        resume = resolve
      })
    },
  },
)
running.catch((error) => {
  console.error(error)
  process.exit(1)
})

await new Promise((resolve) => {
  finished = resolve
  left = job.warmupSteps
})

await serve({ '@llm/train': version, [`backend ${backend.name}`]: backend.reason }, async () => {
  const start = performance.now()
  await new Promise((resolve) => {
    finished = resolve
    left = job.steps
    resume()
  })
  return { value: (performance.now() - start) / job.steps }
})
