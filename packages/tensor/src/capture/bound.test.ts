import { describe, expect, test, vi } from 'vitest'
import {
  type AdamWMoments,
  adamW,
  Capture,
  crossEntropy,
  linear,
  memory,
  tf,
  useBackend,
} from '../index.js'
import { canBind } from './bound.js'

const report = await useBackend('native', { log: () => {} }).catch((error: Error) => error)

// Without the addon there is nothing to bind; the conformance suite says what is missing.
describe.skipIf(report instanceof Error)('a capture on native', () => {
  const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }

  function setUp() {
    const weight = tf.variable(tf.randomNormal([4, 3], 0, 1, 'float32', 1))
    const ids = tf.tensor1d([0, 1, 2, 0, 1], 'int32')
    const f = (x?: tf.Tensor): tf.Tensor[] => {
      const loss = () => crossEntropy(linear(x!, weight), ids)
      const { value, grads } = tf.variableGrads(loss, [weight])
      return [value, grads[weight.name]!]
    }
    let moments: AdamWMoments[] = [{ m: tf.zeros([4, 3]), v: tf.zeros([4, 3]) }]
    let step = 0
    const update = (gradient: tf.Tensor): void => {
      moments = adamW([weight], [gradient], moments, { ...options, step: ++step })
    }
    return { weight, f, update, capture: new Capture(f) }
  }

  function input(step: number): tf.Tensor {
    return tf.randomNormal([5, 4], 0, 1, 'float32', step + 2)
  }

  function countPrepared(): () => number {
    const backend = tf.backend()
    if (!canBind(backend)) throw new Error('expected a backend that binds')
    const { mock } = vi.spyOn(backend, 'prepare')
    return () => mock.calls.length
  }

  test('runs nothing but kernels from its fourth call on, while parameters are updated in place', () => {
    const { f, update, capture } = setUp()
    const prepared = countPrepared()
    for (let step = 0; step < 8; step++) {
      const x = input(step)
      const wanted = f(x)
      const before = prepared()
      const found = capture.run([x])
      expect(prepared() === before, `step ${step}`).toBe(step > 2)
      expect(found.map((y) => y.dataSync())).toEqual(wanted.map((y) => y.dataSync()))
      update(found[1]!)
      tf.dispose([x, wanted, found])
    }
    capture.dispose()
  })

  test('does not write what somebody has', () => {
    const { f, update, capture } = setUp()
    const kept: tf.Tensor[][] = []
    const wanted: unknown[] = []
    for (let step = 0; step < 12; step++) {
      const x = input(step)
      const result = capture.run([x])
      wanted.push(f(x).map((y) => y.dataSync()))
      update(result[1]!)
      // Some are kept as they are, some as a view that a kernel of TensorFlow.js has made.
      if (step % 4 === 3) kept.push(result)
      else if (step % 4 === 1) {
        kept.push([result[0]!, tf.slice(tf.transpose(result[1]!, [0, 1]), [0, 0], [4, 3])])
        result[1]!.dispose()
      } else tf.dispose(result)
    }
    const steps = [1, 3, 5, 7, 9, 11]
    expect(kept.map((result) => result.map((y) => y.dataSync()))).toEqual(
      steps.map((step) => wanted[step]),
    )
    capture.dispose()
  })

  test('leaves alone what a kernel of TensorFlow.js has views of', () => {
    // One row of some columns lies side by side: it is cut without a copy.
    const weight = tf.variable(tf.randomNormal([4, 3], 0, 1, 'float32', 1))
    const f = (x?: tf.Tensor) => [tf.slice(linear(x!, weight), [1, 1], [1, 2])]
    const capture = new Capture(f)
    for (let step = 0; step < 8; step++) {
      const x = input(step)
      const [wanted, found] = [f(x)[0]!, capture.run([x])[0]!]
      // Arrays that were given back are taken here.
      const others = [1, 2, 3].map((y) => linear(tf.fill([5, 4], y), weight))
      expect(found.dataSync(), `step ${step}`).toEqual(wanted.dataSync())
      tf.dispose([x, found, wanted, others])
    }
    capture.dispose()
  })

  test('refuses an input that was disposed of', () => {
    const capture = new Capture((x) => [tf.mul(x!, 2)])
    for (let step = 0; step < 6; step++) {
      const x = tf.tensor1d([step])
      capture.run([x])[0]!.dispose()
      x.dispose()
      expect(() => capture.run([x])).toThrow('Capture.run: expected input 0 to be there')
    }
    capture.dispose()
  })

  test('sees that a variable is assigned, and a constant changed', () => {
    const weight = tf.variable(tf.tensor2d([[1]]))
    const constant = tf.variable(tf.tensor2d([[10]]), false)
    const capture = new Capture((x) => [tf.add(linear(x!, weight), constant)])
    const of = (value: number): number => {
      const [y] = capture.run([tf.tensor2d([[value]])])
      const [result] = y!.dataSync()
      y!.dispose()
      return result!
    }
    for (let step = 0; step < 12; step++) {
      if (step % 4 === 3) weight.assign(tf.tensor2d([[step]]))
      if (step === 6) constant.assign(tf.tensor2d([[20]]))
      const slope = step < 3 ? 1 : step - ((step + 1) % 4)
      expect(of(step), `step ${step}`).toBe(slope * step + (step < 6 ? 10 : 20))
    }
    capture.dispose()
  })

  test('numbers that decide what a kernel does are looked at each time', () => {
    // A float32 tensor on integers is copied before a kernel reads it.
    const weight = tf.variable(tf.tensor2d([[2]]))
    const capture = new Capture((x) => [linear(tf.cast(x!, 'float32'), weight)])
    for (let step = 0; step < 6; step++) {
      const [y] = capture.run([tf.tensor2d([[step]], [1, 1], 'int32')])
      expect(y!.dataSync()).toEqual(Float32Array.of(2 * step))
      y!.dispose()
    }
    capture.dispose()
  })

  test('gives all memory back, after an error too', () => {
    const { weight, update, capture, f } = setUp()
    const run = (step: number): void => {
      const x = input(step)
      const result = step === 0 ? f(x) : capture.run([x])
      update(result[1]!)
      tf.dispose([x, result])
    }
    run(0)
    const before = [memory().bytes, tf.memory().numTensors]
    for (let step = 1; step < 6; step++) run(step)
    expect(memory().bytes).toBeGreaterThan(before[0]!)
    capture.dispose()
    const fresh = new Capture(f)
    const x = input(0)
    tf.dispose(fresh.run([x]))
    const backend = tf.backend()
    if (!canBind(backend)) throw new Error('expected a backend that binds')
    const recorded = tf.memory().numTensors
    const prepare = vi.spyOn(backend, 'prepare').mockImplementation(() => {
      throw new Error('no')
    })
    for (let i = 0; i < 3; i++) expect(() => fresh.run([x])).toThrow('no')
    prepare.mockRestore()
    expect(tf.memory().numTensors).toBe(recorded)
    tf.dispose(fresh.run([x]))
    fresh.dispose()
    x.dispose()
    expect([memory().bytes, tf.memory().numTensors]).toEqual(before)
    weight.dispose()
  })
})
