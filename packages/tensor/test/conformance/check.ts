import { expect } from 'vitest'
import { Capture, fold, key, normal, tf } from '../../src/index.js'
import { at, type Doubles } from './double.js'

/** An op on some inputs, and its twin in double precision. */
export interface Case {
  readonly name: string
  /** The shapes of the inputs that have gradients. */
  readonly shapes: readonly (readonly number[])[]
  readonly op: (inputs: tf.Tensor[]) => tf.Tensor
  readonly twin: (inputs: Doubles[]) => Doubles
  /** Largest error allowed, relative to values above 1; 2e-5 when absent. */
  readonly tolerance?: number
}

/** The op's values are the twin's, and its gradients the twin's finite differences. */
export async function checkCase({ name, shapes, op, twin, tolerance = 2e-5 }: Case): Promise<void> {
  const inputs = shapes.map((shape, i) => normal(fold(key(i), name), shape))
  const values = await Promise.all(inputs.map(doubles))
  const y = op(inputs)
  const expected = twin(values)
  expectClose(await doubles(y), expected, tolerance, `${name}: value`)

  const dy = normal(fold(key(99), name), y.shape)
  const weights = await doubles(dy)
  const gradients = tf.grads((...given: tf.Tensor[]) => op(given))(inputs, dy)
  const loss = (given: Doubles[]) => twin(given).reduce((sum, v, i) => sum + v * at(weights, i), 0)
  for (const [i, gradient] of gradients.entries()) {
    expect(gradient.shape).toEqual(shapes[i])
    const found = await doubles(gradient)
    for (const index of sample(found.length)) {
      const slope = difference(loss, values, i, index)
      const message = `${name}: gradient of input ${i} at ${index}`
      expectClose([at(found, index)], [slope], 10 * tolerance, message)
    }
  }
  await checkReplay(inputs, [y, ...gradients], (given) => {
    return [op(given), ...tf.grads((...xs: tf.Tensor[]) => op(xs))(given, dy)]
  })
  tf.dispose([inputs, y, dy, gradients])
}

/** What was recorded on other inputs gives the same bits when it is replayed on these. */
async function checkReplay(
  inputs: tf.Tensor[],
  results: tf.Tensor[],
  f: (inputs: tf.Tensor[]) => tf.Tensor[],
): Promise<void> {
  const capture = new Capture((...given) => f(given))
  const others = inputs.map((x) => tf.add(x, 0.5))
  tf.dispose(capture.run(others))
  const replayed = capture.run(inputs)
  const expected = [undefined, 'it uses a key', 'the backend is tensorflow']
  expect(expected).toContain(capture.obstacle)
  expect(replayed.length).toBe(results.length)
  for (const [i, y] of replayed.entries()) {
    expect(await doubles(y), `replay, result ${i}`).toEqual(await doubles(given(results[i])))
  }
  tf.dispose([others, replayed])
  capture.dispose()
}

/** The elements are those expected, not-a-number and infinities included. */
export function expectClose(
  found: Doubles,
  expected: Doubles,
  tolerance: number,
  message: string,
): void {
  expect(found.length, message).toBe(expected.length)
  for (const [i, value] of found.entries()) {
    const target = at(expected, i)
    const same =
      Object.is(value, target) ||
      value === target ||
      Math.abs(value - target) <= tolerance * Math.max(1, Math.abs(target))
    if (!same) expect.fail(`${message}: expected ${target} at ${i}, got ${value}`)
  }
}

/** An input that must be there. */
export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('expected an input')
  return value
}

/** A tensor's elements. */
export async function doubles(x: tf.Tensor): Promise<number[]> {
  return Array.from(await x.data())
}

function difference(
  f: (values: Doubles[]) => number,
  values: readonly Doubles[],
  input: number,
  index: number,
): number {
  const step = 1e-4
  const moved = (by: number) =>
    values.map((value, i) =>
      i === input ? value.map((v, j) => (j === index ? v + by : v)) : value,
    )
  return (f(moved(step)) - f(moved(-step))) / (2 * step)
}

/** Up to nine places, the first and last among them. */
function sample(length: number): number[] {
  const count = Math.min(length, 9)
  return Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (length - 1)) / (count - 1)),
  )
}
