import { fold, key } from '@llm/tensor'
import { GradientSteps } from './gradients.js'
import type { TrainOptions, TrainResult, TrainSetup } from './options.js'
import { randomBatch } from './random-batch.js'
import { Session } from './session.js'
import { resolveSettings } from './settings.js'

/**
 * Trains a language model: for each step a random batch, loss and gradients, an update; now and then an evaluation and a checkpoint.
 *
 * Batches and dropout are functions of the seed and the step alone, and a checkpoint holds all the rest: a run that is stopped and
 * continued gives exactly the weights of one that was not, on the same machine and backend (for `steps`; a run in `minutes` decides
 * its number of steps by the clock). The number of tensors is the same after every step.
 *
 * @throws RangeError when options do not fit, when the checkpoint directory belongs to another run, and when the loss or the
 * gradients stop being finite; the last checkpoint then stays as it was.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { tokensOf } = await import('@llm/data')
 * const { gpt2 } = await import('@llm/model')
 * const { adamW } = await import('@llm/optim')
 * const { key } = await import('@llm/tensor')
 * const { train } = await import('./train.js')
 * const model = gpt2({ vocabularySize: 4, contextLength: 8, width: 16, nLayers: 1, nHeads: 2 })
 * const losses: number[] = []
 * await train(
 *   {
 *     model,
 *     params: model.init(key(1)),
 *     optimizer: adamW({ learningRate: 1e-2 }),
 *     training: tokensOf(Array.from({ length: 400 }, (_, i) => i % 4)), // 0 1 2 3 0 1 2 3 ...
 *   },
 *   { steps: 40, batchSize: 4, onStep: ({ loss }) => void losses.push(loss) },
 * )
 * expect(losses[0]).toBeGreaterThan(1.3) // about ln 4: nothing is known yet
 * expect(losses[39]).toBeLessThan(0.1)
 * ```
 */
export async function train(setup: TrainSetup, options: TrainOptions): Promise<TrainResult> {
  const { model, params, training } = setup
  const settings = resolveSettings(setup, options)
  const { batchSize, sequenceLength, accumulate, compute, checkpointing, seed } = settings
  const dropoutKey = fold(key(seed), 'dropout')
  const gradients = new GradientSteps(model, params, { accumulate, compute, checkpointing })
  const session = await Session.begin(setup, options, settings)
  try {
    for (;;) {
      session.plan()
      await session.evaluateIfDue()
      await session.sampleIfDue()
      await session.saveIfDue()
      if (session.finished || options.signal?.aborted) break

      const started = performance.now()
      const { step } = session
      const batch = randomBatch(training, { step, batchSize, sequenceLength, seed })
      const result = await gradients.next(batch, fold(dropoutKey, step))
      session.check(result)
      session.update(result)
      await session.stepDone(result, (performance.now() - started) / 1000)
      // Signals and timers get their turn: on the CPU backends nothing above waits for them.
      await new Promise((resolve) => setImmediate(resolve))
    }
    await session.save()
    return session.result()
  } finally {
    gradients.dispose()
    session.dispose()
  }
}
