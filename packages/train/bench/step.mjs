// Milliseconds of a whole training step on one backend: batch, forward, backward, clip, AdamW, through `train` as users call it.
//
//   LLM_BACKEND=native node bench/step.mjs [A|B] [steps] [--parts] [--bfloat16]
//
// --parts times the parts of a step one by one instead, each waited for, the gradients without the capture of `train`; --bfloat16 rounds the operands of products. Run against dist (npx tsup in this package and those it uses).
import { tokensOf } from '@llm/data'
import { random } from '@llm/data/random'
import { gpt2 } from '@llm/model'
import { adamW, chain, clipByGlobalNorm, takeStep } from '@llm/optim'
import { globalNorm, key, tf, useBackend } from '@llm/tensor'
import { lossAndGradients, randomBatch, train } from '@llm/train'

const configurations = {
  A: { nLayers: 4, width: 128, nHeads: 4, contextLength: 64, batchSize: 12 },
  B: { nLayers: 6, width: 384, nHeads: 6, contextLength: 256, batchSize: 4 },
}
const vocabularySize = 65
const flags = process.argv.slice(2)
const parts = flags.includes('--parts')
const compute = flags.includes('--bfloat16') ? 'bfloat16' : 'float32'
const [name = 'A', count = '20'] = flags.filter((flag) => !flag.startsWith('--'))
const { batchSize, ...size } = configurations[name]
const steps = Number(count)

const choice = await useBackend('auto', { log: console.log })
const model = gpt2({ vocabularySize, ...size })
const params = model.init(key(1))
const optimizer = chain(clipByGlobalNorm(1), adamW({ learningRate: 1e-3 }))
const numbers = random(1, 'bench', 0)
const training = tokensOf(
  Uint16Array.from({ length: 100_000 }, () => numbers.integer(vocabularySize)),
)

if (parts) await timeParts()
else await timeSteps()

async function timeSteps() {
  const times = []
  await train(
    { model, params, optimizer, training },
    {
      steps: steps + 2, // the first two warm up
      batchSize,
      compute,
      onStep: ({ step, stepSeconds }) => {
        if (step > 2) times.push(stepSeconds * 1000)
      },
    },
  )
  report('step', times)
}

async function timeParts() {
  const times = { batch: [], gradients: [], norm: [], update: [] }
  let state = optimizer.init(params)
  for (let step = -2; step < steps; step++) {
    const time = async (part, work, wait) => {
      const started = performance.now()
      const result = work()
      await wait(result)
      if (step >= 0) times[part].push(performance.now() - started)
      return result
    }
    const sequenceLength = size.contextLength
    const batch = await time(
      'batch',
      () => randomBatch(training, { step: step + 2, batchSize, sequenceLength, seed: 1 }),
      () => {},
    )
    const { loss, gradients } = await time(
      'gradients',
      () => lossAndGradients(model, params, batch, { compute, key: key(1) }),
      (result) =>
        Promise.all([result.loss, ...Object.values(result.gradients)].map((t) => t.data())),
    )
    const norm = await time(
      'norm',
      () => tf.tidy(() => globalNorm(Object.values(gradients))),
      (result) => result.data(),
    )
    state = await time(
      'update',
      () => takeStep(optimizer, params, gradients, state),
      () => params['wte.weight'].data(),
    )
    tf.dispose([loss, norm])
  }
  for (const [part, values] of Object.entries(times)) report(part, values)
}

function report(what, times) {
  const sorted = [...times].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  const tokens = batchSize * size.contextLength
  console.log(
    `${choice.name} ${name} ${what}: median ${median.toFixed(1)} ms, best ${sorted[0].toFixed(1)} ms over ${times.length}` +
      (what === 'step' ? `; ${Math.round((1000 * tokens) / median)} tokens/s` : ''),
  )
}
