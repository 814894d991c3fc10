import type { Parameters, tf } from '@llm/tensor'

/** One tensor per parameter name: gradients, or what a transform has made of them so far. */
export type Updates = Readonly<Record<string, tf.Tensor>>

/** What a transform remembers: numbers and tensors in arrays and records, so that it can be saved by name. */
export type State = number | tf.Tensor | readonly State[] | { readonly [name: string]: State }

/**
 * A gradient transform: a pair of pure functions, as in optax. The state is data and is passed in and out.
 *
 * Contract for `update`: it disposes nothing that it is given, returns new tensors (or the very ones it was given, where it
 * changes nothing), and may leave intermediate tensors to the caller's `tf.tidy`. {@link takeStep} does that housekeeping.
 */
export interface Transform<S extends State = State> {
  /** The state before the first step. */
  init(params: Parameters): S
  /** One step: `updates` have the names and shapes of `gradients`. */
  update(
    gradients: Updates,
    state: S,
    params: Parameters,
  ): { readonly updates: Updates; readonly state: S }
  /**
   * For a transform that can end a chain: does what adding the updates of {@link Transform.update} to the parameters
   * would do, but writes the parameters and the tensors of the state in place, so that nothing is held twice. The state
   * is used up; the tensors of the next one are kept. The gradients, read as if multiplied by `scale`, are left as they are.
   */
  step?(params: Parameters, gradients: Updates, state: S, scaling: Scaling): S
  /**
   * For a transform without state that only multiplies all gradients by one factor: that factor, from their joint norm.
   * A chain of such transforms before one with a `step` costs no pass over the gradients.
   */
  factor?(norm: Factor): Factor
}

/** A number, or a scalar tensor that nobody has read back yet. */
export type Factor = number | tf.Tensor

/** How the gradients of a {@link Transform.step} are to be read. */
export interface Scaling {
  /** What they are multiplied by. */
  readonly scale: Factor
  /** Their joint norm after that. */
  norm(): Factor
}

/** A rate as a function of the step, counted from 0. */
export type Schedule = (step: number) => number
