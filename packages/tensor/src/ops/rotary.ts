import { tf } from '../tf.js'
import { expectSequences } from './attention-options.js'
import { expectFloat, lastSize } from './check.js'
import { rotaryTable } from './rotary-table.js'
import { differentiable, run, take } from './run.js'

/** Options of {@link rotary}. */
export interface RotaryOptions {
  /** Numbers per head; must divide the width. */
  readonly headSize: number
  /**
   * The first so many heads turn, the others pass: nHeads + nKvHeads for the packed qkv of {@link selfAttention}.
   * All when absent.
   */
  readonly turned?: number
  /** The first so many numbers of a head turn, an even count; headSize when absent. */
  readonly rotaryDims?: number
  /** The angle of pair i is position * base^(-2 i / rotaryDims); 10000 when absent. */
  readonly base?: number
  /**
   * Whether pairs lie side by side (GPT-J, PaLM); otherwise number i pairs with i + rotaryDims / 2 (NeoX, Llama).
   * false when absent.
   */
  readonly interleaved?: boolean
  /** The position of the first of the given times, as in a cache; 0 when absent. */
  readonly offset?: number
}

/**
 * Rotary positions: turns each pair of numbers of a head by an angle that grows with the position, so that products of
 * queries and keys depend on their distance: `(a, b) -> (a cos - b sin, a sin + b cos)`.
 * Su et al. 2021, https://arxiv.org/abs/2104.09864
 *
 * Angles are computed in double precision. Kernel: `LlmRotary`, also for the gradient, which turns back.
 *
 * @param x of shape [batch, time, heads * headSize], float32
 * @returns the shape of x
 * @throws TypeError or RangeError if the type, shape or options do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { rotary } = await import('./rotary.js')
 * const y = rotary(tf.ones([1, 2, 2]), { headSize: 2 }).arraySync()
 * expect(y[0][0]).toEqual([1, 1])
 * expect(y[0][1][0]).toBeCloseTo(Math.cos(1) - Math.sin(1))
 * ```
 */
export function rotary(x: tf.Tensor, options: RotaryOptions): tf.Tensor {
  const attributes = check(x, options)
  return differentiable({
    inputs: [x],
    forward: () => apply(x, attributes, false),
    gradient: (dy) => [apply(dy, attributes, true)],
  })
}

type Attributes = Readonly<
  Record<'headSize' | 'turned' | 'rotaryDims' | 'base' | 'offset', number> & {
    interleaved: boolean
  }
>

function apply(x: tf.Tensor, attributes: Attributes, inverse: boolean): tf.Tensor {
  return take(
    run('LlmRotary', { x }, { ...attributes, inverse }, () => [reference(x, attributes, inverse)]),
    0,
  )
}

function reference(x: tf.Tensor, attributes: Attributes, inverse: boolean): tf.Tensor {
  const { headSize, turned, rotaryDims, base, offset, interleaved } = attributes
  const [batch = 0, time = 0, width = 0] = x.shape
  const half = rotaryDims / 2
  const table = rotaryTable(base, rotaryDims, offset, time)
  const angles: [number, number, number, number] = [1, time, 1, half]
  const cos = tf.tensor4d(table.cos.slice(), angles)
  const sine = tf.tensor4d(table.sin.slice(), angles)
  const sin = inverse ? tf.neg(sine) : sine

  const heads = tf.reshape(x, [batch, time, width / headSize, headSize])
  const turning = tf.slice(heads, [0, 0, 0, 0], [batch, time, turned, rotaryDims])
  const pairShape = interleaved ? [half, 2] : [2, half]
  const pairs = tf.reshape(turning, [batch, time, turned, ...pairShape])
  const [a, b] = tf.unstack(pairs, interleaved ? 4 : 3)
  if (a === undefined || b === undefined) return tf.clone(x)
  const turnedPairs = tf.stack(
    [tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(a, sin), tf.mul(b, cos))],
    interleaved ? 4 : 3,
  )
  const numbers = tf.reshape(turnedPairs, [batch, time, turned, rotaryDims])
  const rest = tf.slice(heads, [0, 0, 0, rotaryDims], [batch, time, turned, -1])
  const others = tf.slice(heads, [0, 0, turned, 0], [batch, time, -1, headSize])
  return tf.reshape(tf.concat([tf.concat([numbers, rest], 3), others], 2), x.shape)
}

function check(x: tf.Tensor, options: RotaryOptions): Attributes {
  expectFloat('rotary', 'x', x)
  expectSequences('rotary', 'x', x)
  const { headSize, rotaryDims = headSize, base = 10_000, interleaved = false } = options
  const width = lastSize(x)
  if (!Number.isSafeInteger(headSize) || headSize < 1 || width % headSize !== 0) {
    throw new RangeError(`rotary: expected headSize to divide the width ${width}, got ${headSize}`)
  }
  const heads = width / headSize
  const { turned = heads, offset = 0 } = options
  if (!Number.isSafeInteger(turned) || turned < 0 || turned > heads) {
    throw new RangeError(`rotary: expected turned from 0 to the ${heads} heads, got ${turned}`)
  }
  if (!(rotaryDims >= 0 && rotaryDims <= headSize && rotaryDims % 2 === 0)) {
    throw new RangeError(
      `rotary: expected rotaryDims to be even and at most headSize ${headSize}, got ${rotaryDims}`,
    )
  }
  if (!(base > 0 && base < Infinity)) {
    throw new RangeError(`rotary: expected a finite base above 0, got ${base}`)
  }
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + (x.shape[1] ?? 0) > mostPositions) {
    throw new RangeError(
      `rotary: expected offset to be a whole number and positions below ${mostPositions}, got ${offset}`,
    )
  }
  return { headSize, turned, rotaryDims, base, offset, interleaved }
}

/** Tables reach from position 0 to the last: this bounds their size. */
const mostPositions = 2 ** 22
