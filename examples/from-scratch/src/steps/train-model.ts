import { join } from 'node:path'
import type { TokenFile } from '@llm/data'
import { type Gpt2Config, gpt2, type Model } from '@llm/model'
import { adamW, chain, clipByGlobalNorm, type Transform, warmupCosine } from '@llm/optim'
import { key, type Parameters } from '@llm/tensor'
import { findCheckpoint, type StepEvent, train } from '@llm/train'
import { short } from '../report/format.js'
import type { TrainingSummary } from '../summary.js'
import type { Recipe } from './model-size.js'
import { TrainingLog } from './training-log.js'

export interface TrainModelOptions {
  readonly recipe: Recipe
  readonly minutes: number
  readonly seed: number
  /** Where checkpoints are kept. */
  readonly directory: string
  /** The log, `log.jsonl`. */
  readonly log: string
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

export interface TrainedModel {
  readonly model: Model<Gpt2Config>
  readonly params: Parameters
  readonly training: TrainingSummary
  /** False when the run was stopped; it is saved, and goes on when it is started again. */
  readonly finished: boolean
}

/** Trains a GPT-2 for the given time, or goes on with one from its last checkpoint. */
export async function trainModel(
  training: TokenFile,
  validation: TokenFile,
  options: TrainModelOptions,
): Promise<TrainedModel> {
  const { recipe, minutes, seed, signal, progress } = options
  const directory = join(options.directory, 'checkpoints')
  const sequenceLength = fitting(recipe.model.contextLength, training, validation)
  const model = gpt2({
    ...recipe.model,
    contextLength: sequenceLength,
    vocabularySize: training.header.vocabularySize,
  })
  const params = model.init(key(seed))
  const continued = (await findCheckpoint(directory)).path !== undefined
  const log = await TrainingLog.open(options.log, continued)
  let last: StepEvent | undefined

  const result = await train(
    { model, params, training, validation, optimizer: (steps) => optimizer(steps, recipe.peak) },
    {
      minutes,
      seed,
      batchSize: recipe.batchSize,
      evalIters: 4,
      signal,
      checkpoint: { directory, everySeconds: 30, keep: 1 },
      async onStep(event) {
        if (last === undefined) await log.goBackTo(event.step - 1)
        last = event
        progress(describe(event))
        await log.add({
          event: 'step',
          step: event.step,
          loss: event.loss,
          learningRate: event.learningRate ?? 0,
          gradientNorm: event.gradientNorm,
          tokensPerSecond: Math.round(event.tokensPerSecond),
          seconds: event.secondsElapsed,
        })
      },
      onEvaluate: ({ step, loss, trainingLoss, secondsElapsed: seconds }) =>
        log.add({
          event: 'evaluation',
          step,
          loss,
          seconds,
          ...(trainingLoss === undefined ? {} : { trainingLoss }),
        }),
    },
  )
  await log.flush()
  const tokensPerStep = recipe.batchSize * sequenceLength
  return {
    model,
    params,
    finished: result.status === 'finished',
    training: {
      steps: result.step,
      tokensPerStep,
      tokensPerSecond: (result.step * tokensPerStep) / result.seconds,
      seconds: result.seconds,
      curve: log.lines.flatMap((line) =>
        line.event === 'step'
          ? [{ step: line.step, loss: line.loss, learningRate: line.learningRate }]
          : [],
      ),
      evaluations: log.lines.flatMap((line) =>
        line.event === 'evaluation' ? [{ step: line.step, loss: line.loss }] : [],
      ),
    },
  }
}

/**
 * GPT-3's AdamW with a higher rate, as small models like. Until the number of steps is known the rate only warms up:
 * a hundred steps, or what turns out to be a tenth of all.
 */
function optimizer(steps: number, peak: number): Transform {
  const known = Number.isFinite(steps) ? steps : 1000
  const warmup = Math.min(100, Math.ceil(known / 10))
  const learningRate = warmupCosine({ peak, warmup, steps: known, floor: peak / 20 })
  return chain(clipByGlobalNorm(1), adamW({ learningRate, beta2: 0.99 }))
}

/** The context, shortened for texts that are too small for it. */
function fitting(contextLength: number, ...files: readonly TokenFile[]): number {
  const shortest = Math.min(...files.map((file) => file.length))
  if (shortest < 3)
    throw new Error(
      `trainModel: expected three tokens or more in each part, got ${shortest}; give more text`,
    )
  return Math.min(contextLength, shortest - 1)
}

function describe({
  step,
  steps,
  loss,
  learningRate = 0,
  tokensPerSecond,
  secondsLeft,
}: StepEvent): string {
  const of = steps === undefined ? '' : `/${steps}`
  const speed = `${short(tokensPerSecond)} tokens/s`
  return `step ${step}${of}  loss ${loss.toFixed(3)}  rate ${learningRate.toExponential(0)}  ${speed}  ${clock(secondsLeft)} left`
}

/** `2:05`: short enough for a line that also says everything else. */
function clock(seconds: number): string {
  const rounded = Math.ceil(seconds)
  return `${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, '0')}`
}
