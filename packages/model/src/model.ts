import type { Key, KvCache, Parameters, tf } from '@llm/tensor'

/** What everything that trains or samples a language model needs to know about it. */
export interface LanguageModelConfig {
  /** Ids run from 0 to `vocabularySize - 1`. */
  readonly vocabularySize: number
  /** The most tokens that a forward pass takes. */
  readonly contextLength: number
}

/** Options of {@link Model.loss}. */
export interface LossOptions {
  /** Dropout is on. Default false. */
  readonly training?: boolean
  /** Decides what dropout drops; needed when `training` and the config has dropout. */
  readonly key?: Key
  /** Gradients keep only what goes into each block and compute the rest again: less memory, a second forward pass. Default false. */
  readonly checkpointing?: boolean
}

/** Options of {@link Model.forward}. */
export interface ForwardOptions extends LossOptions {
  /** Only the last position's logits, shape `[batch, 1, V]`: all that generation needs. Default false. */
  readonly lastOnly?: boolean
  /**
   * What {@link Model.createCache} made: `tokens` are then those that follow the ones of earlier calls with it, and it
   * takes in theirs. Default: none, `tokens` are the whole text.
   */
  readonly cache?: readonly KvCache[]
}

/**
 * A language model as plain functions over a flat record of parameters. Nothing is held between calls.
 *
 * `C` is the model's own config.
 */
export interface Model<C extends LanguageModelConfig = LanguageModelConfig> {
  readonly config: C
  /** Fresh parameters: a function of the config and the key alone. They are the caller's to dispose of. */
  init(key: Key): Parameters
  /** Logits `[batch, time, V]` for int32 `tokens` of shape `[batch, time]`: position t predicts token t + 1. */
  forward(params: Parameters, tokens: tf.Tensor, options?: ForwardOptions): tf.Tensor
  /**
   * Mean cross-entropy in nats of int32 `targets` `[batch, time]`, where `targets[b][t]` follows `tokens[b][t]`: a scalar.
   * Straight from the last hidden states: the logits of all positions need not exist at one time.
   * A function of its arguments alone: training may run it once and its kernels many times.
   */
  loss(params: Parameters, tokens: tf.Tensor, targets: tf.Tensor, options?: LossOptions): tf.Scalar
  /**
   * Keys and values of each layer for one text up to `contextLength`, so that each further token costs one position. The
   * caller's to dispose of. A model without it is run over the whole text for each token.
   */
  createCache?(): KvCache[]
  /** Names and shapes of the parameters, in the order of `init`. */
  parameterShapes(): Readonly<Record<string, readonly number[]>>
  /** Number of weights, by formula. */
  parameterCount(): number
}
