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
}

/** A rate as a function of the step, counted from 0. */
export type Schedule = (step: number) => number
