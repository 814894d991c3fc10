import { computePrecision, roundToBfloat16 } from '../precision.js'
import { tf } from '../tf.js'
import { expectFloat, expectRank, expectShape, lastSize, rowCount, shapeOf } from './check.js'
import { gelu, geluGradient } from './gelu.js'
import { differentiable, isRecording, run, take } from './run.js'

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Applied after the bias: exact GELU, or its tanh approximation; nothing when absent. */
  readonly activation?: 'gelu' | 'gelu-tanh'
  /** Added after the activation, of y's shape. */
  readonly residual?: tf.Tensor
  /** The weight is [out, in], as the table of an embedding is. */
  readonly transposed?: boolean
}

/**
 * An affine map of the last axis, with what mostly follows it: `y = activation(x weight + bias) + residual`.
 * Under {@link withPrecision} its products can be those of bfloat16.
 *
 * Kernels: `LlmLinear` -> [y], or [y, hidden] with the attribute `hidden`, where hidden is what the activation is
 * applied to; `LlmLinearGrad` of dy, x, weight and hidden -> [dx, dWeight], or [dx, dWeight, dBias] with the attribute
 * `bias`. Attributes of both: `transposed`, `bfloat16`, `gelu`, `tanh`.
 *
 * @param x of shape [..., in], float32
 * @param weight of shape [in, out], or [out, in] when transposed
 * @param bias of shape [out]
 * @returns shape [..., out]
 * @throws TypeError or RangeError if the types, shapes or options do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { linear } = await import('./linear.js')
 * const [x, weight] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[1, 0], [0, 10]])]
 * expect(linear(x, weight, tf.tensor1d([0.5, 0.5])).arraySync()).toEqual([[1.5, 20.5]])
 * expect(linear(x, weight, undefined, { residual: x }).arraySync()).toEqual([[2, 22]])
 * ```
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: LinearOptions = {},
): tf.Tensor {
  check(x, weight, bias, options)
  const { activation, residual, transposed = false } = options
  const call: Attributes = {
    transposed,
    bfloat16: computePrecision() === 'bfloat16',
    gelu: activation !== undefined,
    tanh: activation === 'gelu-tanh',
  }
  const hidden = call.gelu && isRecording()
  const optional = {
    ...(bias === undefined ? {} : { bias }),
    ...(residual === undefined ? {} : { residual }),
  }
  return differentiable({
    inputs: [x, weight, ...Object.values(optional)],
    forward: (save) => {
      const inputs = { x, weight, ...optional }
      const outputs = run('LlmLinear', inputs, { ...call, hidden }, () => {
        return reference(inputs, call, hidden)
      })
      save([x, weight, ...outputs.slice(1)])
      return take(outputs, 0)
    },
    gradient: (dy, [savedX, savedWeight, savedHidden]) => {
      const inputs: GradInputs = {
        dy,
        x: given(savedX),
        weight: given(savedWeight),
        ...(savedHidden === undefined ? {} : { hidden: savedHidden }),
      }
      const attributes = { ...call, bias: bias !== undefined }
      const gradients = run('LlmLinearGrad', { ...inputs }, attributes, () => {
        return referenceGrad(inputs, call, bias !== undefined)
      })
      // Another name for dy: the tape may dispose of it.
      return residual === undefined ? gradients : [...gradients, dy.clone()]
    },
  })
}

type Attributes = Readonly<Record<'transposed' | 'bfloat16' | 'gelu' | 'tanh', boolean>>

interface GradInputs {
  readonly dy: tf.Tensor
  readonly x: tf.Tensor
  readonly weight: tf.Tensor
  readonly hidden?: tf.Tensor
}

function reference(
  inputs: { x: tf.Tensor; weight: tf.Tensor; bias?: tf.Tensor; residual?: tf.Tensor },
  { transposed, bfloat16, gelu: activate, tanh }: Attributes,
  keepHidden: boolean,
): tf.Tensor[] {
  const { x, weight, bias, residual } = inputs
  const product = multiply(rows(x), matrix(weight), bfloat16, false, transposed)
  const flat = bias === undefined ? product : tf.add(product, bias)
  const hidden = tf.reshape(flat, [...x.shape.slice(0, -1), lastSize(flat)])
  const activated = activate ? gelu(hidden, { approximate: tanh ? 'tanh' : 'none' }) : hidden
  const y = residual === undefined ? activated : tf.add(activated, residual)
  return keepHidden ? [y, hidden] : [y]
}

function referenceGrad(
  { dy, x, weight, hidden }: GradInputs,
  { transposed, bfloat16, tanh }: Attributes,
  bias: boolean,
): tf.Tensor[] {
  const d = rows(hidden === undefined ? dy : geluGradient(dy, hidden, tanh))
  const dx = tf.reshape(multiply(d, matrix(weight), bfloat16, false, !transposed), x.shape)
  const dWeight = transposed
    ? multiply(d, rows(x), bfloat16, true, false)
    : multiply(rows(x), d, bfloat16, true, false)
  return bias ? [dx, dWeight, tf.sum(d, 0)] : [dx, dWeight]
}

function multiply(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  bfloat16: boolean,
  transposeA: boolean,
  transposeB: boolean,
): tf.Tensor {
  const round = (operand: tf.Tensor) => (bfloat16 ? roundToBfloat16(operand) : operand)
  return tf.matMul(round(a), round(b), transposeA, transposeB)
}

function rows(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [rowCount(x), lastSize(x)])
}

function matrix(weight: tf.Tensor): tf.Tensor2D {
  return weight.as2D(weight.shape[0] ?? 0, lastSize(weight))
}

function given(saved: tf.Tensor | undefined): tf.Tensor {
  if (saved === undefined) throw new TypeError('linear: expected saved tensors, got none')
  return saved
}

function check(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  { activation, residual, transposed = false }: LinearOptions,
): void {
  expectFloat('linear', 'x', x)
  expectFloat('linear', 'weight', weight)
  expectRank('linear', 'x', x, 1)
  const [inputs, outputs] = transposed ? [1, 0] : [0, 1]
  if (weight.rank !== 2 || weight.shape[inputs] !== lastSize(x)) {
    const expected = transposed ? `[out, ${lastSize(x)}]` : `[${lastSize(x)}, out]`
    throw new RangeError(
      `linear: expected weight of shape ${expected} for x of shape ${shapeOf(x)}, got ${shapeOf(weight)}`,
    )
  }
  if (activation !== undefined && activation !== 'gelu' && activation !== 'gelu-tanh') {
    throw new RangeError(`linear: expected activation 'gelu' or 'gelu-tanh', got ${activation}`)
  }
  const width = weight.shape[outputs] ?? 0
  if (bias !== undefined) {
    expectFloat('linear', 'bias', bias)
    expectShape('linear', 'bias', bias, [width])
  }
  if (residual !== undefined) {
    expectFloat('linear', 'residual', residual)
    expectShape('linear', 'residual', residual, [...x.shape.slice(0, -1), width])
  }
}
