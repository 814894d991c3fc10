import { tf } from '../tf.js'
import { expectFloat, expectRank, expectShape, lastSize, rowCount, shapeOf } from './check.js'
import { differentiable, run, take } from './run.js'

/**
 * The gate of a SwiGLU layer: `silu(gate) * up`, with `silu(x) = x / (1 + e^-x)`. Both in two tensors, or packed in
 * one whose rows hold the gate and then the up part, which is what one product with both weights side by side gives.
 * Shazeer 2020, https://arxiv.org/abs/2002.05202
 *
 * Kernels: `LlmSwiglu` of gate and up or of x, `LlmSwigluGrad` -> [dGate, dUp] or [dx].
 *
 * @param gate of any shape, float32; without `up` of shape [..., 2 width]
 * @param up of the shape of gate
 * @returns the shape of gate; [..., width] without `up`
 * @throws TypeError or RangeError if the types or shapes do not fit
 * @example
 * ```ts @import.meta.vitest
 * const { tf } = await import('../tf.js')
 * const { swiglu } = await import('./swiglu.js')
 * const [gate, up] = [tf.tensor1d([1, -1]), tf.tensor1d([1, 10])]
 * const y = Array.from(swiglu(gate, up).dataSync(), (v) => v.toFixed(3))
 * expect(y).toEqual(['0.731', '-2.689'])
 * expect(swiglu(tf.concat([gate, up])).equal(swiglu(gate, up)).all().dataSync()[0]).toBe(1)
 * ```
 */
export function swiglu(gate: tf.Tensor, up?: tf.Tensor): tf.Tensor {
  return up === undefined ? ofPacked(gate) : ofPair(gate, up)
}

function ofPair(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  expectFloat('swiglu', 'gate', gate)
  expectFloat('swiglu', 'up', up)
  expectShape('swiglu', 'up', up, gate.shape)
  return differentiable({
    inputs: [gate, up],
    forward: (save) => {
      save([gate, up])
      return take(
        run('LlmSwiglu', { gate, up }, {}, () => [reference(gate, up)]),
        0,
      )
    },
    gradient: (dy, saved) => {
      const inputs = { dy, gate: take(saved, 0), up: take(saved, 1) }
      return run('LlmSwigluGrad', inputs, {}, () => referenceGrad(dy, inputs.gate, inputs.up))
    },
  })
}

function ofPacked(x: tf.Tensor): tf.Tensor {
  expectFloat('swiglu', 'x', x)
  expectRank('swiglu', 'x', x, 1)
  if (lastSize(x) % 2 !== 0) {
    throw new RangeError(`swiglu: expected x of shape [..., 2 width], got ${shapeOf(x)}`)
  }
  return differentiable({
    inputs: [x],
    forward: (save) => {
      save([x])
      return take(
        run('LlmSwiglu', { gate: x }, {}, () => [reference(...halves(x))]),
        0,
      )
    },
    gradient: (dy, saved) => {
      const gate = take(saved, 0)
      return run('LlmSwigluGrad', { dy, gate }, {}, () => [
        tf.concat(referenceGrad(dy, ...halves(gate)), -1),
      ])
    },
  })
}

function reference(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up)
}

function referenceGrad(dy: tf.Tensor, gate: tf.Tensor, up: tf.Tensor): tf.Tensor[] {
  const s = tf.sigmoid(gate)
  const silu = tf.mul(gate, s)
  const slope = tf.add(s, tf.mul(silu, tf.sub(1, s)))
  return [tf.mul(tf.mul(dy, up), slope), tf.mul(dy, silu)]
}

/** The two halves of the last axis. */
function halves(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const [rows, width] = [rowCount(x), lastSize(x) / 2]
  const flat = tf.reshape(x, [rows, 2 * width])
  const half = (start: number) =>
    tf.reshape(tf.slice(flat, [0, start], [rows, width]), [...x.shape.slice(0, -1), width])
  return [half(0), half(width)]
}
