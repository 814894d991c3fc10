import type { TokenSource } from '@llm/data'
import type { Model } from '@llm/model'
import type { Transform } from '@llm/optim'
import type { Parameters, Precision } from '@llm/tensor'
import type { Evaluation } from './evaluate.js'

/** Tokens to train on. A token file says which tokenizer made it; then a checkpoint is bound to that tokenizer. */
export interface TrainingTokens extends TokenSource {
  readonly header?: { readonly vocabularySize: number; readonly tokenizerHash: string }
}

/** What {@link train} works on. */
export interface TrainSetup {
  readonly model: Model
  /** Trained in place. They stay the caller's. */
  readonly params: Parameters
  /**
   * The optimizer, or a function that makes it for a number of steps, for schedules that must know the end. In a run by `minutes` the
   * function is called with `steps` or `Infinity` for the steps that are timed, then with the number that came out; the state goes on.
   */
  readonly optimizer: Transform | ((steps: number) => Transform)
  readonly training: TrainingTokens
  /** Held-out tokens. Default: nothing is evaluated. */
  readonly validation?: TrainingTokens
}

/** Options of {@link train}. One of `steps` and `minutes` is needed; with both, the shorter counts. */
export interface TrainOptions {
  /** Steps in all, those of a run that is continued included. */
  readonly steps?: number
  /**
   * Time to take. The first steps are timed, the very first apart, and a number of steps that fits is fixed from them; it is
   * corrected along the way when the machine turns slower or faster. It stands in the checkpoint, where a continued run takes it up.
   */
  readonly minutes?: number
  /** Sequences per step. Default 8. */
  readonly batchSize?: number
  /** Tokens per sequence. Default: the model's `contextLength`. */
  readonly sequenceLength?: number
  /** Parts that a batch is split into to save memory; must divide it. Default 1. */
  readonly accumulate?: number
  /** What the products of training compute in; weights, sums and evaluations are float32. Default 'float32'. */
  readonly compute?: Precision['compute']
  /** Blocks of the model are computed again in the backward pass, to save memory. Default false. */
  readonly checkpointing?: boolean
  /** Decides batches and dropout. Default 0. */
  readonly seed?: number
  /** Steps between evaluations; there is one before the first step and one after the last. Default: a tenth of the steps. */
  readonly evalInterval?: number
  /** Random batches per evaluation, the same ones each time. Default 20. */
  readonly evalIters?: number
  /** Steps between calls of `onSample`. Default: it is called only at the end. */
  readonly sampleInterval?: number
  /** Where to save. Default: nowhere. When there is a checkpoint, the run goes on from it. */
  readonly checkpoint?: CheckpointOptions
  /** Ends the run after the step in progress: it is saved, if there is a checkpoint directory, and returns. */
  readonly signal?: AbortSignal
  readonly onStep?: (event: StepEvent) => void | Promise<void>
  readonly onEvaluate?: (event: EvaluateEvent) => void | Promise<void>
  /** The place to generate samples. */
  readonly onSample?: (event: SampleEvent) => void | Promise<void>
  /** Told of a checkpoint that was written. */
  readonly onSave?: (event: {
    readonly step: number
    readonly path: string
  }) => void | Promise<void>
  /** Told of checkpoints that were passed over because they are damaged. */
  readonly onWarning?: (message: string) => void
}

/** Where and how often to save. There is always a checkpoint at the end and when the run is ended by its signal. */
export interface CheckpointOptions {
  readonly directory: string
  /** Steps between checkpoints. Default: none on the way. */
  readonly everySteps?: number
  /** Seconds between checkpoints. Default: none on the way. */
  readonly everySeconds?: number
  /** How many stay. Default 2. */
  readonly keep?: number
}

/** One step. */
export interface StepEvent {
  /** Steps done, this one included. */
  readonly step: number
  /** Steps in all; absent while a run in minutes times its first steps. */
  readonly steps?: number
  /** Mean over the batch before the update, in nats per token. */
  readonly loss: number
  /** The rate of this step; absent when the optimizer has none in its state. */
  readonly learningRate?: number
  /** Joint norm of the gradients before clipping. */
  readonly gradientNorm: number
  /** Training tokens per second, averaged over some 10 steps. */
  readonly tokensPerSecond: number
  /** What this step took. */
  readonly stepSeconds: number
  /** Time spent so far, earlier parts of a continued run included. */
  readonly secondsElapsed: number
  /** An estimate. */
  readonly secondsLeft: number
}

/** One evaluation, after `step` steps. */
export interface EvaluateEvent extends Evaluation {
  readonly step: number
  readonly steps?: number
  /** Mean loss of the training batches since the last evaluation of this session; absent when there were none. */
  readonly trainingLoss?: number
  /** Lowest validation loss so far, this one included. */
  readonly bestLoss: number
  readonly secondsElapsed: number
}

/** A time to generate, after `step` steps. */
export interface SampleEvent {
  readonly step: number
  readonly steps?: number
  readonly model: Model
  readonly params: Parameters
}

/** How {@link train} ended. */
export interface TrainResult {
  readonly status: 'finished' | 'aborted'
  /** Steps done. */
  readonly step: number
  /** Steps in all; absent when the run was ended before it knew. */
  readonly steps?: number
  /** Lowest validation loss; absent without an evaluation. */
  readonly bestLoss?: number
  /** Time spent, earlier parts included. */
  readonly seconds: number
  /** The last checkpoint; absent without a directory. */
  readonly checkpoint?: string
}
