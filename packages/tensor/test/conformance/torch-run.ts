import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Parameters, tf } from '../../src/index.js'
import { doubles } from './check.js'

/** The loss and the gradients of all parameters, as PyTorch computed them. */
export interface Run {
  readonly loss: number
  readonly gradients: Record<string, number[]>
}

/** A model of a fixture: its parameters and one batch. */
export interface Block {
  readonly sizes: Record<'B' | 'T' | 'C' | 'H' | 'V', number>
  readonly ids: number[]
  readonly targets: number[]
  readonly shapes: Record<string, number[]>
  readonly parameters: Record<string, number[]>
}

/** What a model computes its loss from. */
export interface Given {
  readonly parameter: (name: string) => tf.Tensor
  readonly ids: tf.Tensor
  readonly targets: tf.Tensor
}

/** The fixture of this name beside the script that made it. */
export function readFixture<F extends Block>(name: string): F {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'))
}

/** The loss is PyTorch's, and every gradient within `tolerance` of its largest element. */
export async function expectRun(
  block: Block,
  loss: (given: Given) => tf.Scalar,
  expected: Run,
  tolerance: number,
): Promise<void> {
  const { B, T } = block.sizes
  const parameters: Parameters = Object.fromEntries(
    Object.entries(block.parameters).map(([name, values]) => [
      name,
      tf.variable(tf.tensor(values, block.shapes[name])),
    ]),
  )
  const parameter = (name: string): tf.Variable => {
    const variable = parameters[name]
    if (variable === undefined) throw new Error(`the fixture lacks ${name}`)
    return variable
  }
  const ids = tf.tensor2d(block.ids, [B, T], 'int32')
  const targets = tf.tensor2d(block.targets, [B, T], 'int32')
  const { value, grads } = tf.variableGrads(() => loss({ parameter, ids, targets }))

  const [found = Number.NaN] = await doubles(value)
  expect(Math.abs(found / expected.loss - 1), 'loss').toBeLessThan(tolerance)
  for (const [name, variable] of Object.entries(parameters)) {
    const gradient = grads[variable.name]
    const theirs = expected.gradients[name] ?? []
    const largest = Math.max(...theirs.map(Math.abs))
    const ours = gradient === undefined ? [] : await doubles(gradient)
    expect(ours.length, name).toBe(theirs.length)
    const error = Math.max(...ours.map((v, i) => Math.abs(v - (theirs[i] ?? Number.NaN))))
    expect(error / largest, name).toBeLessThan(tolerance)
  }
  tf.dispose([value, grads, ids, targets, parameters])
}
