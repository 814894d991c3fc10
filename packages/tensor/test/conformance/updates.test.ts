import { describe, expect, it } from 'vitest'
import {
  type AdafactorMoments,
  adafactor,
  adafactorMoments,
  adamMoments,
  adamW,
  addScaled,
  fold,
  globalNorm,
  key,
  normal,
  tf,
  uniform,
} from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { type Case, checkCase, doubles, expectClose, given } from './check.js'
import { at, type Doubles } from './double.js'
import * as double from './double-updates.js'

const betas = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }
const shapes = [[1], [7, 13], [0], [20011], [], [3, 5, 2], [128, 1]]

onEveryBackend('updates', (backend) => {
  describe('values are those of double precision, gradients those of finite differences', () => {
    for (const item of cases()) it(item.name, () => checkCase(item))
  })

  it('adamMoments', async () => {
    for (const shape of [[1], [7, 13], [0], [3001]]) {
      const [g, m] = [normal(key(1), shape), normal(key(2), shape)]
      const v = uniform(key(3), shape)
      const options = { ...betas, step: 3 }
      const found = adamMoments(g, m, v, options)
      const twin = double.adamMoments(await doubles(g), await doubles(m), await doubles(v), options)
      expectClose(await doubles(found.update), twin.update, 2e-5, 'update')
      expectClose(await doubles(found.m), twin.m, 2e-6, 'm')
      expectClose(await doubles(found.v), twin.v, 2e-6, 'v')
    }
  })

  it.each(['number', 'scalar'])('adamW of many tensors, its scale a %s', async (kind) => {
    const parameters = variables(1)
    const decays = parameters.map((_, i) => (i % 2) * 0.1)
    let moments = parameters.map(zeroMoments)
    let twins = await Promise.all(
      parameters.map(async (p) => ({ p: await doubles(p), m: zeros(p), v: zeros(p) })),
    )
    for (let step = 1; step <= 3; step++) {
      const gradients = tensors(10 + step)
      const options = { ...betas, learningRate: 0.1 / step, step }
      const scale = 1 / step
      moments = adamW(parameters, gradients, moments, {
        ...options,
        weightDecay: decays,
        gradientScale: kind === 'number' ? scale : tf.scalar(scale),
      })
      twins = await Promise.all(
        twins.map(async ({ p, m, v }, i) =>
          double.adamW(p, await doubles(given(gradients[i])), m, v, {
            ...options,
            decay: at(decays, i),
            scale,
          }),
        ),
      )
      for (const [i, twin] of twins.entries()) {
        const { m, v } = given(moments[i])
        expectClose(await doubles(given(parameters[i])), twin.p, 5e-6, `p ${i} at ${step}`)
        expectClose(await doubles(m), twin.m, 2e-6, `m ${i} at ${step}`)
        expectClose(await doubles(v), twin.v, 2e-6, `v ${i} at ${step}`)
      }
    }
  })

  it.each([
    ['with momentum', { momentum: true }, { leastSize: 1e-3, clip: 0.5 }],
    ['without', {}, { leastSize: 0, clip: 1 }],
    ['of tiny parameters', {}, { leastSize: 100, clip: 1 }],
  ])('adafactor %s', async (_, moment, numbers) => {
    const parameters = variables(2)
    let moments = parameters.map((p) => adafactorMoments(p, { ...moment, factorFrom: 5 }))
    expect(moments.map((m) => 'rows' in m)).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
      false,
    ])
    const decays = parameters.map((_, i) => (i % 2) * 0.01)
    let twins = await Promise.all(parameters.map(async (p, i) => twinOf(p, given(moments[i]))))
    for (let step = 1; step <= 3; step++) {
      const gradients = tensors(20 + step)
      const options = { ...numbers, learningRate: 0.1, step, beta1: 0.8 }
      moments = adafactor(parameters, gradients, moments, {
        ...options,
        decay: decays,
        gradientScale: 0.5,
      })
      twins = await Promise.all(
        twins.map(async (twin, i) => {
          const [height = 1, width = 1] = given(parameters[i]).shape
          return double.adafactor(twin.p, await doubles(given(gradients[i])), twin, {
            ...options,
            decay: at(decays, i),
            scale: 0.5,
            ...(i === 1 ? { factored: [1, height, width] as const } : {}),
          })
        }),
      )
      for (const [i, twin] of twins.entries()) {
        const found = await twinOf(given(parameters[i]), given(moments[i]))
        for (const name of ['p', 'm', 'rows', 'columns', 'v'] as const) {
          expectClose(found[name], twin[name], 2e-5, `${name} ${i} at ${step}`)
        }
      }
    }
  })

  it('adafactor factors the matrices of a batch one by one', async () => {
    const parameter = tf.variable(normal(key(1), [3, 4, 6]))
    const gradient = normal(key(2), [3, 4, 6])
    const twin = await twinOf(parameter, adafactorMoments(parameter, { factorFrom: 4 }))
    const options = { learningRate: 0.1, step: 2, leastSize: 1e-3, clip: 1 }
    const numbers = { ...options, beta1: 0, decay: 0, scale: 1, factored: [3, 4, 6] as const }
    const expected = double.adafactor(twin.p, await doubles(gradient), twin, numbers)
    const moments = [adafactorMoments(parameter, { factorFrom: 4 })]
    const [next] = adafactor([parameter], [gradient], moments, options)
    const found = await twinOf(parameter, given(next))
    for (const name of ['p', 'rows', 'columns'] as const) {
      expectClose(found[name], expected[name], 2e-5, name)
    }
  })

  it('who holds a parameter or a moment otherwise keeps the old numbers', async () => {
    const initial = normal(key(5), [40, 50])
    const parameter = tf.variable(initial)
    let [moments] = [[zeroMoments(parameter)]]
    const update = (step: number) => {
      const options = { ...betas, learningRate: 0.1, step }
      moments = adamW([parameter], [normal(key(6), [40, 50])], moments, options)
    }
    update(1)
    const { m, v } = given(moments[0])
    const views = [parameter.clone(), parameter.reshape([2000]), m.clone(), v.clone()]
    // A kernel of TensorFlow.js may return a view of its input.
    views.push(parameter.slice([1, 0], [2, 50]), parameter.transpose())
    const read = [await parameter.data(), await m.data(), await initial.data()]
    // WebGPU cannot be read at once.
    if (backend !== 'webgpu') {
      read.push(parameter.dataSync(), m.dataSync(), initial.dataSync())
    }
    const before = [...(await Promise.all(views.map(doubles))), ...read.map((x) => Array.from(x))]
    update(2)
    update(3)
    const after = [...(await Promise.all(views.map(doubles))), ...read.map((x) => Array.from(x))]
    expect(after).toEqual(before)
    expect(await doubles(parameter)).not.toEqual(before[0])
  })

  it('leaves nothing over 100 steps', async () => {
    const parameters = variables(3)
    let adam = parameters.map(zeroMoments)
    let factor = parameters.map((p) => adafactorMoments(p, { factorFrom: 5 }))
    const counts: unknown[] = []
    for (let step = 1; step <= 100; step++) {
      const gradients = tensors(step % 3)
      const norm = globalNorm(gradients)
      const options = { learningRate: 1e-3, step, gradientScale: norm }
      adam = adamW(parameters, gradients, adam, { ...betas, ...options })
      factor = adafactor(parameters, gradients, factor, options)
      tf.dispose([gradients, norm])
      const { numTensors, numBytes, numDataBuffers } = tf.memory()
      counts.push([numTensors, numBytes, numDataBuffers])
    }
    expect(counts.at(-1)).toEqual(counts[1])
    expect((await doubles(given(parameters[1]))).every(Number.isFinite)).toBe(true)
  })

  it.runIf(backend === 'native')('writes the tensors themselves', () => {
    const parameters = variables(4)
    const first = parameters.map(zeroMoments)
    const gradients = tensors(5)
    const options = { ...betas, learningRate: 1e-3 }
    const second = adamW(parameters, gradients, first, { ...options, step: 1 })
    const data = parameters.map((p) => p.dataId)
    const third = adamW(parameters, gradients, second, { ...options, step: 2 })
    expect(third.map(({ m }) => m)).toEqual(second.map(({ m }) => m))
    expect(parameters.map((p) => p.dataId)).toEqual(data)
  })

  it('NaN gradients give NaN parameters, and an empty list nothing', async () => {
    const parameter = tf.variable(tf.ones([3]))
    const gradient = tf.tensor1d([1, Number.NaN, 1])
    adamW([parameter], [gradient], [zeroMoments(parameter)], { ...betas, learningRate: 1, step: 1 })
    const adam = await doubles(parameter)
    expect(adam.map((v) => Number.isNaN(v))).toEqual([false, true, false])
    adafactor([parameter], [gradient], [adafactorMoments(parameter)], { learningRate: 1, step: 1 })
    expect(await doubles(parameter)).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(adamW([], [], [], { ...betas, learningRate: 1, step: 1 })).toEqual([])
    expect(adafactor([], [], [], { learningRate: 1, step: 1 })).toEqual([])
  })
})

function cases(): Case[] {
  return [
    ...[[1], [3, 5], [0], [10007]].map((shape) => ({
      name: `addScaled [${shape}]`,
      shapes: [shape, shape],
      op: ([x, y]: tf.Tensor[]) => addScaled(given(x), given(y), -0.3),
      twin: ([x, y]: Doubles[]) => given(x).map((v, i) => v - 0.3 * at(given(y), i)),
    })),
    {
      name: 'globalNorm',
      shapes: [[3], [2, 5], [], [0], [50003]],
      op: globalNorm,
      twin: (inputs) => [double.globalNorm(inputs)],
    },
  ]
}

function tensors(seed: number): tf.Tensor[] {
  return shapes.map((shape, i) => normal(fold(key(seed), i), shape))
}

function variables(seed: number): tf.Variable[] {
  return tensors(seed).map((x) => {
    const variable = tf.variable(x)
    x.dispose()
    return variable
  })
}

function zeroMoments(x: tf.Tensor): { m: tf.Tensor; v: tf.Tensor } {
  return { m: tf.zerosLike(x), v: tf.zerosLike(x) }
}

function zeros(x: tf.Tensor): number[] {
  return Array.from({ length: x.size }, () => 0)
}

async function twinOf(
  p: tf.Tensor,
  moments: AdafactorMoments,
): Promise<{ p: number[] } & double.AdafactorState> {
  const values = async (x: tf.Tensor | undefined) => (x === undefined ? [] : doubles(x))
  const { rows, columns, v }: { rows?: tf.Tensor; columns?: tf.Tensor; v?: tf.Tensor } = moments
  return {
    p: await doubles(p),
    rows: await values(rows),
    columns: await values(columns),
    v: await values(v),
    m: await values(moments.m),
  }
}
