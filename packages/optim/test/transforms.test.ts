// Every transform and optimizer through one suite: shapes, finiteness, memory, determinism; then what each refuses.
import { globalNorm, key, normal, type Parameters, tf } from '@llm/tensor'
import { expect, test } from 'vitest'
import {
  adafactor,
  adamW,
  addDecayedWeights,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  disposeState,
  flattenState,
  restoreState,
  type State,
  scaleByAdam,
  scaleByRate,
  sgd,
  type Transform,
  takeStep,
  warmupCosine,
} from '../src/index.js'

const shapes: Record<string, number[]> = { matrix: [3, 4], bias: [4], scalar: [], empty: [0, 2] }
const schedule = warmupCosine({ peak: 0.05, warmup: 2, steps: 200 })
const all: [string, () => Transform][] = [
  ['chain of nothing', () => chain()],
  ['clipByGlobalNorm', () => clipByGlobalNorm(0.5)],
  ['scaleByAdam', () => scaleByAdam()],
  ['addDecayedWeights', () => addDecayedWeights(0.1)],
  ['scaleByRate', () => scaleByRate(0.1)],
  ['sgd', () => sgd({ learningRate: 0.05 })],
  ['sgd with momentum', () => sgd({ learningRate: 0.01, momentum: 0.9 })],
  ['adamW', () => adamW({ learningRate: schedule })],
  ['adafactor', () => adafactor({ learningRate: 0.05, leastSize: 0.05 })],
  [
    'adafactor with factors and momentum',
    () => adafactor({ learningRate: schedule, leastSize: 1, factorFrom: 2, beta1: 0.9 }),
  ],
  [
    'clipped adafactor',
    () =>
      chain(
        clipByGlobalNorm(1),
        clipByGlobalNorm(0.5),
        adafactor({ learningRate: schedule, leastSize: 1 }),
      ),
  ],
  ['clipped adamW', () => chain(clipByGlobalNorm(1), adamW({ learningRate: schedule }))],
]
const optimizers = all.filter(([name]) => /sgd|adamW|adafactor/.test(name))

test.each(all)('%s keeps names and shapes, is a pure function, and disposes nothing', (_, make) => {
  const transform = make()
  const [params, gradients] = [parameters(1), tensors(2)]
  const state = transform.init(params)
  const held = { ...gradients, ...flattenState(state) }
  const first = transform.update(gradients, state, params)
  const second = transform.update(gradients, state, params)
  for (const [name, update] of Object.entries(first.updates)) {
    expect(update.shape).toEqual(shapes[name])
    expect([...update.dataSync()].every(Number.isFinite)).toBe(true)
    expect(update.dataSync()).toEqual(second.updates[name]!.dataSync())
  }
  expect(Object.keys(first.updates)).toEqual(Object.keys(shapes))
  expect(kinds(first.state)).toEqual(kinds(state))
  for (const leaf of Object.values(held))
    if (typeof leaf !== 'number') expect(leaf.isDisposed).toBe(false)
})

test.each(all)('%s leaves as many tensors after every step', (_, make) => {
  const optimizer = make()
  const params = parameters(1)
  let state = optimizer.init(params)
  const before = tf.memory().numTensors
  for (let step = 0; step < 20; step++) {
    state = takeStep(optimizer, params, tensors(step), state)
    expect(tf.memory().numTensors).toBe(before)
  }
  disposeState(state)
  tf.dispose(params)
})

test.each(all)(
  '%s goes on from a flattened and restored state as if nothing had been',
  (_, make) => {
    const run = (interrupt: boolean): number[] => {
      const optimizer = make()
      const params = parameters(1)
      let state = optimizer.init(params)
      for (let step = 0; step < 6; step++) {
        if (interrupt && step === 3) {
          const leaves = Object.entries(flattenState(state)).map(([path, leaf]) => [
            path,
            typeof leaf === 'number' ? leaf : tf.tensor(leaf.dataSync().slice(), leaf.shape),
          ])
          state = restoreState(optimizer.init(params), Object.fromEntries(leaves))
        }
        state = takeStep(optimizer, params, tensors(step), state)
      }
      return Object.values(params).flatMap((parameter) => [...parameter.dataSync()])
    }
    expect(run(true)).toEqual(run(false))
  },
)

test.each(optimizers)('%s finds the minimum of a bent bowl', (_, make) => {
  const params: Parameters = { x: tf.variable(tf.tensor1d([2, -3])) }
  const target = tf.tensor1d([0.5, 0.25])
  const weights = tf.tensor1d([1, 4])
  const loss = (): tf.Scalar =>
    tf.sum(tf.mul(weights, tf.square(tf.sub(params.x!, target)))).asScalar()
  const optimizer = make()
  let state: State = optimizer.init(params)
  const [start] = loss().dataSync()
  for (let step = 0; step < 200; step++) {
    const { value, grads } = tf.variableGrads(loss, [params.x!])
    value.dispose()
    state = takeStep(optimizer, params, { x: Object.values(grads)[0]! }, state)
  }
  expect(loss().dataSync()[0]).toBeLessThan(0.001 * start!)
})

test.each(optimizers)('%s: its step is its update, added', (_, make) => {
  const optimizer = make()
  const [params, copies] = [parameters(1), parameters(1)]
  let state = optimizer.init(params)
  for (let step = 0; step < 3; step++) {
    const gradients = tensors(step + 2)
    const { updates } = optimizer.update(gradients, state, params)
    applyUpdates(copies, updates)
    state = takeStep(optimizer, params, gradients, state)
    for (const [name, parameter] of Object.entries(params)) {
      const expected = copies[name]!.dataSync()
      for (const [i, x] of parameter.dataSync().entries()) expect(x).toBeCloseTo(expected[i]!, 6)
      copies[name]!.assign(parameter.clone())
    }
  }
})

test('a norm that is known is used as it is', () => {
  const step = (gradientNorm?: number): number[] => {
    const params = parameters(1)
    const optimizer = chain(clipByGlobalNorm(1), clipByGlobalNorm(0.5), sgdInPlace)
    const options = gradientNorm === undefined ? {} : { gradientNorm }
    takeStep(optimizer, params, tensors(2), optimizer.init(params), options)
    return Object.values(params).flatMap((p) => [...p.dataSync()])
  }
  const norm = globalNorm(Object.values(tensors(2))).dataSync()[0]!
  for (const [i, x] of step(norm).entries()) expect(x).toBeCloseTo(step()[i]!, 6)
  expect(step(1e9)).not.toEqual(step())
})

test('a chain holds the new state and at most two sets of updates, however long it is', () => {
  const params = parameters(1)
  const count = Object.keys(params).length
  const counts: number[] = []
  const probe: Transform<readonly []> = {
    init: () => [],
    update: (updates, state) => {
      counts.push(tf.memory().numTensors)
      return { updates, state }
    },
  }
  const links = Array.from({ length: 5 }, () => [scaleByRate(0.5), probe]).flat()
  const optimizer = chain(clipByGlobalNorm(1), scaleByAdam(), ...links)
  let state = optimizer.init(params)
  const gradients = tensors(1)
  const before = tf.memory().numTensors
  state = takeStep(optimizer, params, gradients, state)
  const spare = 10 // scalars on the way
  expect(counts).toHaveLength(5)
  for (const held of counts) expect(held - before).toBeLessThan(2 * count + 2 * count + spare)
  expect(counts[4]).toBe(counts[1])
  disposeState(state)
})

test('decay is decoupled: it does not depend on the size of the gradient, and spares vectors', () => {
  const params = parameters(1)
  const before = Object.fromEntries(
    Object.entries(params).map(([name, p]) => [name, [...p.dataSync()]]),
  )
  const optimizer = adamW({ learningRate: 0.1, weightDecay: 0.5 })
  const zeros = Object.fromEntries(Object.entries(shapes).map(([name, s]) => [name, tf.zeros(s)]))
  takeStep(optimizer, params, zeros, optimizer.init(params))
  for (const [i, x] of params.matrix!.dataSync().entries())
    expect(x).toBeCloseTo(before.matrix![i]! * 0.95, 6)
  expect([...params.bias!.dataSync()]).toEqual(before.bias)
})

test('a mask of our own decides what decays', () => {
  const params = parameters(1)
  const updates = addDecayedWeights(1, { mask: (name) => name === 'bias' }).update(
    tensors(2),
    [],
    params,
  ).updates
  const plain = tensors(2)
  expect(updates.matrix!.dataSync()).toEqual(plain.matrix!.dataSync())
  expect(updates.bias!.dataSync()).not.toEqual(plain.bias!.dataSync())
})

test('clipping keeps directions and makes the norm the limit', () => {
  const gradients = tensors(3)
  const { updates } = clipByGlobalNorm(0.5).update(gradients, [], {})
  const flat = (record: Readonly<Record<string, tf.Tensor>>): number[] =>
    Object.values(record).flatMap((t) => [...t.dataSync()])
  const norm = (values: number[]): number => Math.hypot(...values)
  const [before, after] = [flat(gradients), flat(updates)]
  expect(norm(before)).toBeGreaterThan(0.5)
  expect(norm(after)).toBeCloseTo(0.5, 5)
  const ratio = norm(after) / norm(before)
  for (const [i, x] of after.entries()) expect(x).toBeCloseTo(before[i]! * ratio, 6)
})

test('states and updates that do not belong are refused with what to do', () => {
  const params = parameters(1)
  expect(() => chain(scaleByRate(1)).update(tensors(1), [], params)).toThrow(
    'state of 1 parts, got 0',
  )
  const fused = adamW({ learningRate: 1 })
  expect(() => takeStep(fused, params, tensors(1), [])).toThrow('state of an adamW')
  expect(() => takeStep(fused, params, { other: tf.scalar(1) }, fused.init(params))).toThrow(
    '"other"',
  )
  const factored = adafactor()
  expect(() => takeStep(factored, params, { other: tf.scalar(1) }, factored.init(params))).toThrow(
    '"other"',
  )
  const adam = scaleByAdam()
  expect(() => adam.update({ other: tf.scalar(1) }, adam.init(params), params)).toThrow('"other"')
  expect(() => addDecayedWeights(1).update({ other: tf.scalar(1) }, [], params)).toThrow('"other"')
  expect(() => applyUpdates(params, { other: tf.scalar(1) })).toThrow('without a parameter')
  expect(() => applyUpdates(params, { bias: tf.zeros([3]) })).toThrow(
    'shape [3] for one of shape [4]',
  )
  const template = adam.init(params)
  const { step: _, ...withoutStep } = flattenState(template)
  expect(() => restoreState(template, withoutStep)).toThrow('step to be a number, got nothing')
  expect(() => restoreState(template, { ...flattenState(template), more: 1 })).toThrow(
    'no leaf at more',
  )
  expect(() => restoreState(template, { ...flattenState(template), step: tf.scalar(1) })).toThrow(
    'step to be a number',
  )
  const wrong = { ...flattenState(template), 'm/bias': tf.zeros([3]) }
  expect(() => restoreState(template, wrong)).toThrow(
    'm/bias to be a tensor of shape [4], got a tensor of shape [3]',
  )
})

test.each([
  [() => clipByGlobalNorm(0), 'clipByGlobalNorm'],
  [() => scaleByAdam({ beta1: 1 }), 'beta1'],
  [() => scaleByAdam({ beta2: -0.1 }), 'beta2'],
  [() => scaleByAdam({ epsilon: -1 }), 'epsilon'],
  [() => addDecayedWeights(-1), 'decay of 0 or more'],
  [() => sgd({ learningRate: 1, momentum: 1 }), 'momentum'],
  [() => adamW({ learningRate: -1 }), 'rate of 0 or more'],
  [() => adafactor({ clip: 0 }), 'clip above 0'],
  [() => adafactor({ beta1: 1 }), 'beta1 in [0, 1)'],
  [() => adafactor({ weightDecay: -1 }), 'weightDecay of 0 or more'],
])('refuses options out of range: %s', (make, message) => {
  expect(make).toThrow(message)
})

/** Descent at rate 1 that tells nothing of how it comes about. */
const sgdInPlace: Transform<readonly []> = {
  init: () => [],
  update: () => expect.fail('it can step in place'),
  step(params, gradients, state, { scale }) {
    for (const [name, gradient] of Object.entries(gradients)) {
      params[name]!.assign(tf.sub(params[name]!, tf.mul(gradient, scale)))
    }
    return state
  },
}

function tensors(seed: number): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [name, normal(key(100 * seed + i), shape)]),
  )
}

function parameters(seed: number): Parameters {
  return Object.fromEntries(
    Object.entries(tensors(seed)).map(([name, value]) => {
      const variable = tf.variable(value)
      value.dispose()
      return [name, variable]
    }),
  )
}

function kinds(state: State): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(flattenState(state)).map(([path, leaf]) => [
      path,
      typeof leaf === 'number' ? 'number' : leaf.shape,
    ]),
  )
}
