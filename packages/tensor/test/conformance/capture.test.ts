import { expect, it } from 'vitest'
import {
  adamW,
  addScaled,
  Capture,
  crossEntropy,
  dropout,
  embedding,
  fold,
  KvCache,
  key,
  layerNorm,
  leaks,
  linear,
  linearCrossEntropy,
  normal,
  rmsNorm,
  selfAttention,
  swiglu,
  tf,
  withPrecision,
} from '../../src/index.js'
import { onEveryBackend } from './backends.js'
import { doubles, expectClose } from './check.js'

const [vocabulary, width, time] = [11, 8, 5]

onEveryBackend('capture', (name) => {
  const replayed = name === 'tensorflow' ? 'the backend is tensorflow' : undefined

  /** A function of ids like a model's step: every kind of op, a loss, the gradients of the variables. */
  function model() {
    const variables = [
      [vocabulary, width],
      [time, width],
      [width],
      [width, 3 * width],
      [width, width],
      [width],
    ].map((shape, i) => tf.variable(normal(key(i), shape)))
    const [table, positions, gain, qkv, out, bias] = variables
    const loss = (ids: tf.Tensor, targets: tf.Tensor): tf.Scalar => {
      const x = embedding(table!, ids, { positions: positions! })
      const y = selfAttention(linear(layerNorm(x, gain!), qkv!), { nHeads: 2 })
      const options = { activation: 'gelu', residual: x } as const
      const z = linear(y, out!, bias!, options)
      const [gate, up] = tf.split(rmsNorm(z, gain!), 2, 2)
      const mixed = tf.concat([swiglu(gate!, up!), tf.mul(gate!, tf.scalar(0.5))], 2)
      return linearCrossEntropy(
        tf.add(
          mixed,
          tf.pad(z.slice([0, 1]), [
            [0, 0],
            [1, 0],
            [0, 0],
          ]),
        ),
        table!,
        targets,
      )
    }
    const f = (ids: tf.Tensor, targets: tf.Tensor): tf.Tensor[] => {
      const { value, grads } = tf.variableGrads(() => loss(ids, targets), variables)
      return [value, ...variables.map(({ name }) => grads[name]!)]
    }
    return { variables, f: (...[ids, targets]: tf.Tensor[]) => f(ids!, targets!) }
  }

  function batch(step: number): [tf.Tensor, tf.Tensor] {
    const ids = (offset: number) =>
      tf.tensor2d(
        Int32Array.from({ length: 2 * time }, (_, i) => (i * i + step + offset) % vocabulary),
        [2, time],
      )
    return [ids(0), ids(1)]
  }

  it('gives the bits of the function itself while variables change, and leaves nothing behind', async () => {
    const { variables, f } = model()
    const capture = new Capture(f)
    const step = async (n: number) => {
      const inputs = batch(n)
      const [found, wanted] = [capture.run(inputs), f(...inputs)]
      expect(capture.obstacle).toBe(replayed)
      for (const [i, y] of found.entries()) {
        expect(y.shape).toEqual(wanted[i]!.shape)
        expect(await doubles(y), `result ${i} of step ${n}`).toEqual(await doubles(wanted[i]!))
      }
      for (const [i, variable] of variables.entries()) {
        const next = addScaled(variable, found[i + 1]!, -0.1)
        variable.assign(next)
        next.dispose()
      }
      tf.dispose([inputs, found, wanted])
    }
    const before = tf.memory().numTensors
    await step(0)
    expect(
      (
        await leaks(async () => {
          for (let n = 1; n < 6; n++) await step(n)
        })
      ).tensors,
    ).toBe(0)
    capture.dispose()
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose(variables)
  })

  it('results that are kept stay what they are', async () => {
    const { variables, f } = model()
    const capture = new Capture(f)
    const [first, second, third] = [batch(1), batch(2), batch(3)]
    tf.dispose(capture.run(first))
    tf.dispose(capture.run(first))
    const kept = capture.run(second)
    const before = await Promise.all(kept.map(doubles))
    tf.dispose(capture.run(third))
    expect(await Promise.all(kept.map(doubles))).toEqual(before)
    tf.dispose([first, second, third, kept, variables])
    capture.dispose()
  })

  it('records anew for other shapes and precisions', async () => {
    let runs = 0
    const weight = tf.variable(tf.scalar(1 + 2 ** -9))
    const capture = new Capture((x) => {
      runs++
      return [linear(x!, tf.reshape(weight, [1, 1]))]
    })
    const of = async (n: number) => doubles(capture.run([tf.ones([n, 1])])[0]!)
    expect([await of(1), await of(2), await of(2)].map((y) => y.length)).toEqual([1, 2, 2])
    expect(runs).toBe(replayed === undefined ? 2 : 3)
    const rounded = withPrecision({ compute: 'bfloat16' }, () => capture.run([tf.ones([2, 1])]))
    expect(await doubles(rounded[0]!)).toEqual([1, 1])
    capture.dispose()
  })

  it('gives inputs, variables and constants back as they are', async () => {
    const variable = tf.variable(tf.scalar(5))
    const capture = new Capture((x) => {
      return [tf.clone(x!), tf.clone(variable), tf.scalar(7), tf.reshape(x!, [1, 1])]
    })
    for (const value of [1, 2, 3]) {
      const x = tf.tensor1d([value])
      const results = capture.run([x])
      x.dispose()
      expect(await Promise.all(results.map(doubles))).toEqual([[value], [5], [7], [value]])
      tf.dispose(results)
    }
    capture.dispose()
  })

  it('what is the same data at one time need not be at another', async () => {
    // A gradient of 1 leaves what it is multiplied by as it is, without a copy.
    const x = normal(key(1), [4, width])
    const table = tf.variable(normal(key(2), [vocabulary, width]))
    const ids = tf.tensor1d([1, 2, 3, 4], 'int32')
    const capture = new Capture((factor) => {
      const loss = () => linearCrossEntropy(x, table, ids)
      const { value, grads } = tf.variableGrads(() => tf.mul(loss(), factor!).asScalar(), [table])
      return [value, grads[table.name]!]
    })
    const of = async (factor: number) => doubles(capture.run([tf.scalar(factor)])[1]!)
    const [once, thrice, again] = [await of(1), await of(3), await of(1)]
    expect(again).toEqual(once)
    expectClose(
      thrice,
      once.map((y) => 3 * y),
      1e-6,
      'gradient',
    )
  })

  it('what cannot be replayed runs each time, and says why', async () => {
    const x = tf.ones([4])
    const variable = tf.variable(tf.zeros([4]))
    let n = 0
    const cases: [string, () => tf.Tensor][] = [
      ['it reads numbers of a tensor', () => tf.mul(x, x.dataSync()[0]! + n++)],
      ['it uses a key', () => dropout(x, 0.5, fold(key(1), n++))],
      ['it uses a key', () => tf.add(x, normal({ high: 0, low: n++ }, [4]))],
      ['it uses Math.random', () => tf.add(x, tf.randomUniform([4]))],
      [
        `it assigns the variable ${variable.name}`,
        () => {
          variable.assign(tf.add(variable, 1))
          return variable.clone()
        },
      ],
      [
        'it updates in place',
        () => {
          const moments = { m: tf.zeros([4]), v: tf.zeros([4]) }
          const options = { learningRate: 1, beta1: 0.9, beta2: 0.9, epsilon: 1e-8, step: 1 }
          adamW([variable], [x], [moments], options)
          return variable.clone()
        },
      ],
      [
        'it updates in place',
        () => {
          const cache = new KvCache({ batch: 1, capacity: 1 + n++, width: 4 })
          cache.append(tf.reshape(x, [1, 1, 4]), tf.reshape(x, [1, 1, 4]))
          return tf.mul(tf.sum(cache.k), n)
        },
      ],
      ['two of the inputs have the same data', () => tf.add(x, n++)],
    ]
    for (const [why, f] of cases) {
      // There numbers are read asynchronously, which f cannot wait for.
      if (name === 'webgpu' && why === 'it reads numbers of a tensor') continue
      const capture = new Capture(() => [f()])
      const inputs = why.startsWith('two') ? [x, x] : [x]
      const results: number[][] = []
      for (let call = 0; call < 3; call++) {
        results.push(await doubles(capture.run(inputs)[0]!))
        expect(capture.obstacle).toBe(replayed ?? why)
      }
      expect(results[0]).not.toEqual(results[1])
      capture.dispose()
    }
    const capture = new Capture((y) => [tf.square(y!)])
    const slope = tf.grad((y: tf.Tensor) => capture.run([y])[0]!)(tf.scalar(3))
    expect(await doubles(slope)).toEqual([6])
    expect(capture.obstacle).toBe(replayed ?? 'a gradient is recorded')
    const outer = new Capture((y) => capture.run([y!]))
    expect(await doubles(outer.run([tf.scalar(3)])[0]!)).toEqual([9])
    expect(await doubles(outer.run([tf.scalar(4)])[0]!)).toEqual([16])
    expect(outer.obstacle).toBe(replayed)
  })

  it('checks ids in every replay, and an error leaves nothing behind', () => {
    if (name === 'webgpu') return // does not look at ids
    const capture = new Capture((logits, ids) => [crossEntropy(tf.mul(logits!, 2), ids!)])
    const of = (id: number): number => {
      const inputs = [tf.zeros([1, 4]), tf.tensor1d([id], 'int32')]
      try {
        const [loss] = capture.run(inputs)
        const value = loss!.dataSync()[0]!
        loss!.dispose()
        return value
      } finally {
        tf.dispose(inputs)
      }
    }
    expect([of(0), of(3)]).toEqual([of(1), of(2)])
    const error = 'crossEntropy: expected targets from 0 to 3, got 4 at 0'
    const before = tf.memory()
    expect(() => of(4)).toThrow(error)
    if (replayed === undefined) expect(tf.memory()).toEqual(before)
    expect(of(1)).toBeCloseTo(Math.log(4), 6)
    capture.dispose()
  })
})
