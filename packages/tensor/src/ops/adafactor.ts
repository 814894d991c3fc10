import { tf } from '../tf.js'
import { expectFloat, expectShape } from './check.js'
import { expectBeta, expectStep, expectUpdate, updateInPlace } from './in-place.js'
import { take } from './run.js'

/** What Adafactor remembers of a parameter. */
export type AdafactorMoments = {
  /** The mean of the steps, in the parameter's shape; absent without momentum. */
  readonly m?: tf.Tensor
} & (
  | {
      /** The means of the squared gradients of the rows of `[..., rows, columns]`: `[..., rows]`. */
      readonly rows: tf.Tensor
      /** Those of the columns: `[..., columns]`. */
      readonly columns: tf.Tensor
    }
  | {
      /** The mean of the squared gradients, in the parameter's shape. */
      readonly v: tf.Tensor
    }
)

/** Options of {@link adafactor}. */
export interface AdafactorOptions {
  readonly learningRate: number
  /** The number of this update, from 1. */
  readonly step: number
  /** The second moments decay by `1 - step^-decayRate`. Default 0.8. */
  readonly decayRate?: number
  /** Added to the squared gradients. Default 1e-30. */
  readonly epsilon?: number
  /** The largest root mean square of a direction. Default 1. */
  readonly clip?: number
  /** Rates are multiplied by the parameter's root mean square, or by this where it is larger; 0: they are not. Default 1e-3. */
  readonly leastSize?: number
  /** Decay of the mean of the steps, for moments that have one. Default 0.9. */
  readonly beta1?: number
  /** The part of each parameter that the step takes away, in their order. Default 0. */
  readonly decay?: readonly number[]
  /** What the gradients are multiplied by first, such as a factor that clips them: a number or a scalar. Default 1. */
  readonly gradientScale?: number | tf.Tensor
}

/**
 * One step of Adafactor of all parameters in one pass. With `b = 1 - step^-decayRate`, `g` the gradient times
 * `gradientScale` and `s = g^2 + epsilon`:
 * `rows' = b rows + (1 - b) mean(s, columns)`, `columns'` likewise, `v' = rows' columns' / mean(rows')`, or without
 * factors `v' = b v + (1 - b) s`; `d = g / sqrt(v')`, `d' = d / max(1, rms(d) / clip)`,
 * `u = learningRate * max(leastSize, rms(p)) * d'`, with momentum `u' = m' = beta1 m + (1 - beta1) u`,
 * `p <- (1 - decay) p - u'`.
 * Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235, in the order of operations of T5X; there the two largest
 * axes are factored, here the last two.
 *
 * The parameters are updated in place and the moments used up: go on with those returned, as of {@link adamW}.
 *
 * Kernel: `LlmAdafactor`, in place, with the attributes `widths` (the columns of a factored parameter, 0 for others),
 * `decays`, `first` (whether there are means of steps), `learningRate`, `beta1`, `beta2` (b above), `epsilon`,
 * `leastSize` and `clip`. A parameter's state is its rows and columns, or v, and then m.
 *
 * @param parameters float32, of any shapes
 * @param gradients one for each parameter, in its shape
 * @param moments one for each parameter, of {@link adafactorMoments} before the first step
 * @throws TypeError or RangeError if the types, shapes or numbers do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { adafactor, adafactorMoments } = await import('./adafactor.js')
 * const x = tf.variable(tf.tensor1d([5]))
 * adafactor([x], [tf.tensor1d([10])], [adafactorMoments(x)], { learningRate: 0.1, step: 1 })
 * expect(x.dataSync()[0]).toBeCloseTo(4.5) // the rate times the size of the parameter
 * ```
 */
export function adafactor(
  parameters: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  moments: readonly AdafactorMoments[],
  options: AdafactorOptions,
): AdafactorMoments[] {
  const { step, decayRate = 0.8, beta1 = 0.9, gradientScale = 1 } = options
  const decays = [...(options.decay ?? parameters.map(() => 0))]
  const update = { parameters, gradients, state: moments.map(tensorsOf), gradientScale }
  const numbers = numbersOf(options)
  expectUpdate('adafactor', update, decays)
  expectBeta('adafactor', 'beta1', beta1)
  expectStep('adafactor', step)
  if (!(decayRate > 0)) {
    throw new RangeError(`adafactor: expected decayRate above 0, got ${decayRate}`)
  }
  for (const [i, moment] of moments.entries()) expectMoments(moment, parameters[i]?.shape ?? [], i)
  const first = moments.some((moment) => moment.m !== undefined)
  if (first && moments.some((moment) => moment.m === undefined)) {
    throw new RangeError('adafactor: expected a mean of steps, m, for all parameters or none')
  }
  const beta2 = 1 - step ** -decayRate
  const widths = moments.map((moment) => ('v' in moment ? 0 : (moment.columns.shape.at(-1) ?? 0)))
  const attributes = { ...numbers, beta1, beta2, widths, decays, first }
  const next = updateInPlace('LlmAdafactor', update, attributes, (gradient, i) => {
    const [parameter, moment] = [take(parameters, i), moments[i] ?? {}]
    return reference(parameter, gradient, moment, { ...numbers, beta1, beta2 }, decays[i] ?? 0)
  })
  return next.map((tensors, i) => momentsFrom(tensors, widths[i] === 0))
}

/** Options of {@link adafactorMoments}. */
export interface AdafactorMomentsOptions {
  /** The second moments of tensors whose last two axes are both at least as long are factored. Default 128, as in T5X. */
  readonly factorFrom?: number
  /** Whether there is a mean of the steps. Default false. */
  readonly momentum?: boolean
}

/** Adafactor's moments of a parameter before the first step: zeros. */
export function adafactorMoments(
  parameter: tf.Tensor,
  { factorFrom = 128, momentum = false }: AdafactorMomentsOptions = {},
): AdafactorMoments {
  const { shape, rank, size } = parameter
  const first = momentum ? { m: tf.zerosLike(parameter) } : {}
  if (rank < 2 || size === 0 || Math.min(...shape.slice(-2)) < factorFrom) {
    return { v: tf.zerosLike(parameter), ...first }
  }
  const [rows, columns] = factoredShapes(shape)
  return { rows: tf.zeros(rows), columns: tf.zeros(columns), ...first }
}

interface Numbers {
  readonly learningRate: number
  readonly epsilon: number
  readonly clip: number
  readonly leastSize: number
}

function numbersOf({
  learningRate,
  epsilon = 1e-30,
  clip = 1,
  leastSize = 1e-3,
}: AdafactorOptions): Numbers {
  if (!(clip > 0)) throw new RangeError(`adafactor: expected clip above 0, got ${clip}`)
  for (const [name, value] of Object.entries({ epsilon, leastSize })) {
    if (!(value >= 0)) throw new RangeError(`adafactor: expected ${name} >= 0, got ${value}`)
  }
  return { learningRate, epsilon, clip, leastSize }
}

function reference(
  parameter: tf.Tensor,
  gradient: tf.Tensor,
  moments: Partial<Record<'rows' | 'columns' | 'v' | 'm', tf.Tensor>>,
  numbers: Numbers & { beta1: number; beta2: number },
  decay: number,
): { parameter: tf.Tensor; state: tf.Tensor[] } {
  const { beta1, beta2, epsilon, clip, leastSize, learningRate } = numbers
  const squares = tf.add(tf.square(gradient), epsilon)
  const mix = (old: tf.Tensor, next: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(old, beta2), tf.mul(next, 1 - beta2))
  const { rows, columns, v, m } = moments
  const second =
    rows !== undefined && columns !== undefined
      ? [mix(rows, tf.mean(squares, -1)), mix(columns, tf.mean(squares, -2))]
      : [mix(v ?? squares, squares)]
  const [newRows, newColumns] = second
  const direction =
    newRows === undefined || newColumns === undefined
      ? tf.div(gradient, tf.sqrt(take(second, 0)))
      : factored(gradient, newRows, newColumns)
  const length = atLeast(tf.div(rootMeanSquare(direction), clip), 1)
  const size = leastSize > 0 ? atLeast(rootMeanSquare(parameter), leastSize) : tf.scalar(1)
  const step = tf.mul(direction, tf.mul(learningRate, tf.div(size, length)))
  const mean = m === undefined ? [] : [tf.add(tf.mul(m, beta1), tf.mul(step, 1 - beta1))]
  const kept = tf.mul(parameter, 1 - decay)
  return { parameter: tf.sub(kept, mean[0] ?? step), state: [...second, ...mean] }
}

function factored(gradient: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor): tf.Tensor {
  const byRow = tf.rsqrt(tf.div(rows, tf.mean(rows, -1, true)))
  return tf.mul(tf.mul(gradient, tf.expandDims(byRow, -1)), tf.expandDims(tf.rsqrt(columns), -2))
}

/** tf.maximum, but NaN for NaN on every backend. */
function atLeast(x: tf.Tensor, least: number): tf.Tensor {
  return tf.where(tf.less(x, least), least, x)
}

function rootMeanSquare(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.mean(tf.square(x)))
}

function tensorsOf(moments: AdafactorMoments): tf.Tensor[] {
  const second = 'v' in moments ? [moments.v] : [moments.rows, moments.columns]
  return moments.m === undefined ? second : [...second, moments.m]
}

function momentsFrom(tensors: readonly tf.Tensor[], whole: boolean): AdafactorMoments {
  const m = tensors[whole ? 1 : 2]
  const second = whole
    ? { v: take(tensors, 0) }
    : { rows: take(tensors, 0), columns: take(tensors, 1) }
  return m === undefined ? second : { ...second, m }
}

function factoredShapes(shape: readonly number[]): [rows: number[], columns: number[]] {
  return [shape.slice(0, -1), [...shape.slice(0, -2), ...shape.slice(-1)]]
}

function expectMoments(moments: AdafactorMoments, shape: readonly number[], i: number): void {
  const [rows, columns] = factoredShapes(shape)
  const expected: [string, tf.Tensor, readonly number[]][] =
    'v' in moments
      ? [['v', moments.v, shape]]
      : [
          ['rows', moments.rows, rows],
          ['columns', moments.columns, columns],
        ]
  if (moments.m !== undefined) expected.push(['m', moments.m, shape])
  for (const [name, tensor, wanted] of expected) {
    expectFloat('adafactor', `${name} ${i}`, tensor)
    expectShape('adafactor', `${name} ${i}`, tensor, wanted)
  }
}
