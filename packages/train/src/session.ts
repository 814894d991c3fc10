import { disposeState, findNumber, type State, type Transform, takeStep } from '@llm/optim'
import { tf } from '@llm/tensor'
import { findCheckpoint } from './checkpoint/find-checkpoint.js'
import { loadCheckpoint } from './checkpoint/load-checkpoint.js'
import { type RunState, readStateFile } from './checkpoint/run-state.js'
import { saveCheckpoint } from './checkpoint/save-checkpoint.js'
import { evaluate } from './evaluate.js'
import type { StepResult } from './gradients.js'
import type { TrainOptions, TrainResult, TrainSetup } from './options.js'
import { plan, replan } from './plan.js'
import type { Settings } from './settings.js'

/** How much a new step counts in the averaged time of a step. */
const newest = 0.1

/** One stretch of a run, from its start or a checkpoint on: where it stands, its clock, and what is due. */
export class Session {
  step = 0
  readonly #setup: TrainSetup
  readonly #options: TrainOptions
  readonly #settings: Settings
  #steps: number | undefined
  #evalInterval: number | undefined
  #evaluated: number | undefined
  #bestLoss: number | undefined
  #optimizer: Transform
  #optimizerState: State

  readonly #start = performance.now()
  #secondsBefore = 0
  #first = true
  #timedSteps = 0
  #timedSeconds = 0
  #stepSeconds = 0
  #averaged = 0
  #evalSeconds = 0
  #losses: number[] = []

  #sampled = 0
  #saved: number | undefined
  #savedAt = performance.now()
  #checkpoint: string | undefined

  private constructor(setup: TrainSetup, options: TrainOptions, settings: Settings) {
    this.#setup = setup
    this.#options = options
    this.#settings = settings
    this.#evalInterval = settings.evalInterval
    this.#optimizer = makeOptimizer(setup, settings.steps ?? Number.POSITIVE_INFINITY)
    this.#optimizerState = this.#optimizer.init(setup.params)
  }

  /** Starts a run, or goes on from the newest checkpoint. */
  static async begin(
    setup: TrainSetup,
    options: TrainOptions,
    settings: Settings,
  ): Promise<Session> {
    const session = new Session(setup, options, settings)
    try {
      if (options.checkpoint) await session.#resume(options.checkpoint.directory)
      return session
    } catch (error) {
      session.dispose()
      throw error
    }
  }

  get finished(): boolean {
    return this.#steps !== undefined && this.step >= this.#steps
  }

  /** Fixes the number of steps as soon as it can be known; a run in minutes corrects it when the machine turns slower or faster. */
  plan(): void {
    if (this.finished) return
    const input = {
      ...this.#settings,
      step: this.step,
      elapsedSeconds: this.#elapsed(),
      timedSteps: this.#timedSteps,
      timedSeconds: this.#timedSeconds,
      evalSeconds: this.#evalSeconds,
    }
    const [steps, evalInterval] = [this.#steps, this.#evalInterval]
    const first = steps === undefined || evalInterval === undefined
    const decided = first ? plan(input) : replan({ steps, evalInterval }, input)
    if (decided === undefined) return
    // The next look is at the steps from here on.
    this.#timedSteps = 0
    this.#timedSeconds = 0
    if (decided.steps === steps) return
    this.#steps = decided.steps
    this.#evalInterval = decided.evalInterval
    this.#optimizer = makeOptimizer(this.#setup, decided.steps)
  }

  /** Stops a run that has gone wrong before it spoils the weights. */
  check({ loss, gradientNorm, gradients }: StepResult): void {
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return
    tf.dispose(gradients)
    const before = this.#losses.slice(-5).map((value) => value.toFixed(4))
    throw new RangeError(
      `train: expected a finite loss and gradient, got loss ${loss} and gradient norm ${gradientNorm} at step ${this.step + 1} (losses before: ${before.join(', ') || 'none'}); use a lower learning rate, more warm-up or clipByGlobalNorm, or look at the data`,
    )
  }

  update({ gradients, gradientNorm }: StepResult): void {
    this.#optimizerState = takeStep(
      this.#optimizer,
      this.#setup.params,
      gradients,
      this.#optimizerState,
      { gradientNorm },
    )
    this.step++
  }

  async stepDone({ loss, gradientNorm }: StepResult, seconds: number): Promise<void> {
    this.#losses.push(loss)
    // The very first step warms up caches and kernels, so it would mislead.
    if (this.#first) this.#first = false
    else {
      this.#timedSteps++
      this.#timedSeconds += seconds
    }
    this.#stepSeconds =
      this.#averaged < 2 ? seconds : this.#stepSeconds + newest * (seconds - this.#stepSeconds)
    this.#averaged++
    const learningRate = findNumber(this.#optimizerState, 'learningRate')
    const { batchSize, sequenceLength } = this.#settings
    await this.#options.onStep?.({
      ...this.#where(),
      loss,
      ...(learningRate === undefined ? {} : { learningRate }),
      gradientNorm,
      tokensPerSecond: (batchSize * sequenceLength) / this.#stepSeconds,
      stepSeconds: seconds,
      secondsElapsed: this.#elapsed(),
      secondsLeft: this.#left(),
    })
  }

  async evaluateIfDue(): Promise<void> {
    const { validation, model, params } = this.#setup
    if (!validation || this.#evaluated === this.step || !this.#due(this.#evalInterval)) return
    const { batchSize, sequenceLength, seed, evalIters: batches } = this.#settings
    const { signal } = this.#options
    const started = performance.now()
    let evaluation: Awaited<ReturnType<typeof evaluate>>
    try {
      const options = { batches, batchSize, sequenceLength, seed, ...(signal ? { signal } : {}) }
      evaluation = await evaluate(model, params, validation, options)
    } catch (error) {
      // An evaluation that was cut short is made again when the run goes on.
      if (signal?.aborted) return
      throw error
    }
    this.#evalSeconds = (performance.now() - started) / 1000
    this.#evaluated = this.step
    this.#bestLoss = Math.min(this.#bestLoss ?? Number.POSITIVE_INFINITY, evaluation.loss)
    const losses = this.#losses
    this.#losses = []
    await this.#options.onEvaluate?.({
      ...this.#where(),
      ...evaluation,
      ...(losses.length === 0 ? {} : { trainingLoss: mean(losses) }),
      bestLoss: this.#bestLoss,
      secondsElapsed: this.#elapsed(),
    })
  }

  async sampleIfDue(): Promise<void> {
    if (this.#sampled === this.step || !this.#due(this.#options.sampleInterval)) return
    this.#sampled = this.step
    const { model, params } = this.#setup
    await this.#options.onSample?.({ ...this.#where(), model, params })
  }

  async saveIfDue(): Promise<void> {
    const { everySteps, everySeconds } = this.#options.checkpoint ?? {}
    const seconds = (performance.now() - this.#savedAt) / 1000
    const due =
      (everySteps !== undefined && this.step > 0 && this.step % everySteps === 0) ||
      (everySeconds !== undefined && seconds >= everySeconds)
    if (due) await this.save()
  }

  /** Writes a checkpoint, unless there is nowhere to write or nothing new. */
  async save(): Promise<void> {
    const { checkpoint, onSave } = this.#options
    if (!checkpoint || this.#saved === this.step) return
    const { directory, keep } = checkpoint
    const { params } = this.#setup
    this.#checkpoint = await saveCheckpoint(
      directory,
      { ...this.#state(), params, optimizerState: this.#optimizerState },
      keep === undefined ? {} : { keep },
    )
    this.#saved = this.step
    this.#savedAt = performance.now()
    await onSave?.({ step: this.step, path: this.#checkpoint })
  }

  result(): TrainResult {
    return {
      status: this.finished ? 'finished' : 'aborted',
      ...this.#where(),
      ...(this.#bestLoss === undefined ? {} : { bestLoss: this.#bestLoss }),
      seconds: this.#elapsed(),
      ...(this.#checkpoint === undefined ? {} : { checkpoint: this.#checkpoint }),
    }
  }

  dispose(): void {
    disposeState(this.#optimizerState)
  }

  async #resume(directory: string): Promise<void> {
    const { path, skipped } = await findCheckpoint(directory)
    for (const damaged of skipped) {
      this.#options.onWarning?.(
        `train: passed over the checkpoint ${damaged.path}: ${damaged.reason}`,
      )
    }
    if (path === undefined) return
    const { identity, steps = Number.POSITIVE_INFINITY, budgetSeconds } = this.#settings
    const total = (await readStateFile(path)).steps
    if (budgetSeconds === undefined && total !== undefined && total !== steps) {
      throw new RangeError(
        `train: expected steps ${total}, as the run in ${path} has, got ${steps}; train with that number, or in another directory`,
      )
    }
    const saved = await loadCheckpoint(path, {
      params: this.#setup.params,
      optimizerState: this.#optimizerState,
      identity,
    })
    this.#optimizerState = saved.optimizerState
    this.step = saved.step
    this.#steps = saved.steps
    this.#evalInterval = this.#settings.evalInterval ?? saved.evalInterval
    this.#evaluated = saved.evaluated
    this.#bestLoss = saved.bestLoss
    this.#secondsBefore = saved.seconds
    this.#sampled = saved.step
    this.#saved = saved.step
    this.#checkpoint = path
    this.#optimizer = makeOptimizer(this.#setup, saved.steps ?? steps)
  }

  #state(): RunState {
    return {
      ...this.#where(),
      ...(this.#evalInterval === undefined ? {} : { evalInterval: this.#evalInterval }),
      ...(this.#evaluated === undefined ? {} : { evaluated: this.#evaluated }),
      ...(this.#bestLoss === undefined ? {} : { bestLoss: this.#bestLoss }),
      seconds: this.#elapsed(),
      identity: this.#settings.identity,
    }
  }

  #where(): { step: number; steps?: number } {
    return { step: this.step, ...(this.#steps === undefined ? {} : { steps: this.#steps }) }
  }

  /** At the start, at the end, and every `interval` steps between. */
  #due(interval: number | undefined): boolean {
    return (
      this.step === 0 || this.finished || (interval !== undefined && this.step % interval === 0)
    )
  }

  #elapsed(): number {
    return this.#secondsBefore + (performance.now() - this.#start) / 1000
  }

  #left(): number {
    if (this.#steps === undefined) {
      return Math.max(0, (this.#settings.budgetSeconds ?? 0) - this.#elapsed())
    }
    const left = this.#steps - this.step
    const evaluations = left / (this.#evalInterval ?? left + 1)
    return left * this.#stepSeconds + Math.ceil(evaluations) * this.#evalSeconds
  }
}

function makeOptimizer({ optimizer }: TrainSetup, steps: number): Transform {
  return typeof optimizer === 'function' ? optimizer(steps) : optimizer
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
