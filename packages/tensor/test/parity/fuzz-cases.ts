import type { Random } from '@llm/data/random'
import {
  adafactor,
  adafactorMoments,
  adamW,
  addScaled,
  attention,
  crossEntropy,
  dropout,
  embedding,
  gelu,
  globalNorm,
  key,
  layerNorm,
  linear,
  linearCrossEntropy,
  rmsNorm,
  rotary,
  selfAttention,
  swiglu,
  tf,
  withPrecision,
} from '../../src/index.js'

/** An op with shapes and options drawn at random. */
export interface FuzzCase {
  /** What was drawn, for the report. */
  readonly settings: object
  /** The shapes of the inputs; their numbers are normal. */
  readonly shapes: readonly (readonly number[])[]
  /** The op; its gradients are compared too where it gives one tensor. */
  readonly run: (inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[]
  /** Allowed difference of the two backends, relative to the largest number of a tensor; 2e-5 when absent. */
  readonly tolerance?: number
}

/** Every op, by name. */
export const fuzzCases: Readonly<Record<string, (random: Random) => FuzzCase>> = {
  linear: (random) => {
    const [rows, k, n] = [size(random), size(random), size(random)]
    const shape = pick(random, [[rows, k], [small(random), rows, k], [k]])
    const [bias, withResidual, transposed] = [flag(random), flag(random), flag(random)]
    const activation = pick(random, ['none', 'gelu', 'gelu-tanh'] as const)
    const compute = precision(random)
    const shapes = [
      ...[shape, transposed ? [n, k] : [k, n]],
      ...(bias ? [[n]] : []),
      ...(withResidual ? [[...shape.slice(0, -1), n]] : []),
    ]
    return {
      settings: { shape, n, bias, withResidual, transposed, activation, compute },
      shapes,
      run: ([x, weight, ...others]) => {
        const residual = withResidual ? { residual: given(others.at(-1)) } : {}
        const options = {
          ...(activation === 'none' ? {} : { activation }),
          ...residual,
          transposed,
        }
        const b = bias ? others[0] : undefined
        return withPrecision({ compute }, () => linear(given(x), given(weight), b, options))
      },
      ...toleranceOf(compute),
    }
  },
  attention: (random) => {
    const { settings, options, width, keyWidth } = attentionSettings(random)
    const [batch, queries] = [small(random), size(random)]
    const length = Math.max(1, queries) + small(random)
    const time = length + small(random)
    return {
      settings: { batch, queries, length, time, ...settings },
      shapes: [[batch, queries, width], ...[1, 2].map(() => [batch, time, keyWidth])],
      run: ([q, k, v]) => attention(given(q), given(k), given(v), { ...options, length }),
    }
  },
  selfAttention: (random) => {
    const { settings, options, width, keyWidth } = attentionSettings(random)
    const shape = [small(random), size(random), width + 2 * keyWidth]
    return {
      settings: { shape, ...settings },
      shapes: [shape],
      run: ([qkv]) => selfAttention(given(qkv), options),
    }
  },
  rotary: (random) => {
    const [headSize, heads] = [head(random), 1 + random.integer(5)]
    const shape = [small(random), size(random), heads * headSize]
    const options = {
      ...{ headSize, turned: random.integer(heads + 1), offset: random.integer(100) },
      ...{ rotaryDims: 2 * random.integer(1 + (headSize >> 1)), interleaved: flag(random) },
      base: pick(random, [10_000, 500_000, 7]),
    }
    return {
      settings: { shape, ...options },
      shapes: [shape],
      run: ([x]) => rotary(given(x), options),
    }
  },
  layerNorm: (random) => {
    const shape = shapeOf(random)
    const [bias, epsilon] = [flag(random), flag(random) ? 1e-5 : 1e-2]
    const width = last(shape)
    return {
      settings: { shape, bias, epsilon },
      shapes: [shape, [width], ...(bias ? [[width]] : [])],
      run: ([x, gain, b]) => layerNorm(given(x), given(gain), b, { epsilon }),
      // With two columns the difference of two numbers that nearly agree is what is normalised.
      tolerance: 2e-3,
    }
  },
  rmsNorm: (random) => {
    const shape = shapeOf(random)
    return {
      settings: { shape },
      shapes: [shape, [last(shape)]],
      run: ([x, gain]) => rmsNorm(given(x), given(gain)),
      tolerance: 1e-3,
    }
  },
  swiglu: (random) => {
    const shape = shapeOf(random)
    const packed = flag(random)
    const twice = [...shape.slice(0, -1), 2 * last(shape)]
    return {
      settings: { shape, packed },
      shapes: packed ? [twice] : [shape, shape],
      run: ([gate, up]) => swiglu(given(gate), up),
    }
  },
  gelu: (random) => {
    const shape = shapeOf(random)
    const approximate = flag(random) ? 'tanh' : 'none'
    return {
      settings: { shape, approximate },
      shapes: [shape],
      run: ([x]) => gelu(tf.mul(given(x), 3), { approximate }),
    }
  },
  crossEntropy: (random) => {
    const shape = [...shapeOf(random).slice(0, -1), size(random) + 1]
    const { targets, ignoreIndex, zLoss } = loss(random, shape)
    return {
      settings: { shape, ignoreIndex, zLoss },
      shapes: [shape],
      run: ([logits]) =>
        crossEntropy(given(logits), ids(targets, shape.slice(0, -1)), { ignoreIndex, zLoss }),
    }
  },
  linearCrossEntropy: (random) => {
    const shape = shapeOf(random)
    const vocabulary = size(random) + 1
    const { targets, ignoreIndex, zLoss } = loss(random, [...shape.slice(0, -1), vocabulary])
    const scale = flag(random) ? 1 : 0.25
    const compute = precision(random)
    return {
      settings: { shape, vocabulary, ignoreIndex, zLoss, scale, compute },
      shapes: [shape, [vocabulary, last(shape)]],
      run: ([x, weight]) => {
        const options = { ignoreIndex, zLoss, scale }
        const places = ids(targets, shape.slice(0, -1))
        return withPrecision({ compute }, () =>
          linearCrossEntropy(given(x), given(weight), places, options),
        )
      },
      ...(compute === 'float32' ? { tolerance: 1e-4 } : toleranceOf(compute)),
    }
  },
  embedding: (random) => {
    const [vocabulary, width] = [size(random) + 1, size(random)]
    const shape = [small(random), small(random)]
    const rows = Array.from({ length: volume(shape) }, () => random.integer(vocabulary))
    const withPositions = flag(random)
    const offset = withPositions ? random.integer(3) : 0
    const contextLength = last(shape) + offset + random.integer(3)
    return {
      settings: { vocabulary, width, shape, withPositions, offset, contextLength },
      shapes: [[vocabulary, width], ...(withPositions ? [[contextLength, width]] : [])],
      run: ([table, positions]) =>
        embedding(given(table), ids(rows, shape), positions ? { positions, offset } : {}),
    }
  },
  dropout: (random) => {
    const shape = shapeOf(random)
    const [rate, seed] = [random.float() * 0.99, random.integer(1000)]
    return {
      settings: { shape, rate, key: seed },
      shapes: [shape],
      run: ([x]) => dropout(given(x), rate, key(seed)),
    }
  },
  globalNorm: (random) => {
    const shapes = someShapes(random)
    return { settings: { shapes }, shapes, run: globalNorm }
  },
  addScaled: (random) => {
    const shape = shapeOf(random)
    const a = random.normal()
    return {
      settings: { shape, a },
      shapes: [shape, shape],
      run: ([x, y]) => addScaled(given(x), given(y), a),
    }
  },
  adamW: (random) => {
    const shapes = someShapes(random)
    const [step, gradientScale] = [1 + random.integer(9), random.float()]
    const weightDecay = shapes.map(() => (flag(random) ? 0.1 : 0))
    const options = {
      ...{ learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 },
      ...{ step, gradientScale, weightDecay },
    }
    return {
      settings: { shapes, options },
      shapes: [...shapes, ...shapes],
      run: (inputs) => {
        const parameters = inputs.slice(0, shapes.length).map((x) => tf.variable(x))
        const moments = parameters.map((x) => ({ m: tf.zerosLike(x), v: tf.onesLike(x) }))
        const next = adamW(parameters, inputs.slice(shapes.length), moments, options)
        return [...parameters, ...next.flatMap(({ m, v }) => [m, v])]
      },
    }
  },
  adafactor: (random) => {
    const shapes = someShapes(random)
    const [step, factorFrom] = [1 + random.integer(9), 1 + random.integer(20)]
    const momentum = flag(random)
    return {
      settings: { shapes, step, factorFrom, momentum },
      shapes: [...shapes, ...shapes],
      run: (inputs) => {
        const parameters = inputs.slice(0, shapes.length).map((x) => tf.variable(x))
        const moments = parameters.map((x) => adafactorMoments(x, { factorFrom, momentum }))
        const options = { learningRate: 0.01, step }
        const next = adafactor(parameters, inputs.slice(shapes.length), moments, options)
        return [...parameters, ...next.flatMap((moment) => Object.values(moment))]
      },
      tolerance: 1e-3,
    }
  },
}

/** Mostly small and odd, at the edges of vectors and tiles, seldom large. */
function size(random: Random): number {
  const edges = [0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65]
  return random.integer(12) === 0 ? 60 + random.integer(100) : pick(random, edges)
}

function small(random: Random): number {
  return pick(random, [0, 1, 1, 2, 2, 3, 5])
}

function head(random: Random): number {
  return pick(random, [1, 2, 3, 4, 8, 16, 17])
}

function shapeOf(random: Random): number[] {
  const shapes = [[size(random)], [size(random), size(random)]]
  return pick(random, [...shapes, [small(random), small(random), size(random)]])
}

function someShapes(random: Random): number[][] {
  return Array.from({ length: 1 + random.integer(5) }, () => shapeOf(random))
}

function attentionSettings(random: Random) {
  const [nKvHeads, headSize] = [1 + random.integer(3), head(random)]
  const nHeads = nKvHeads * (1 + random.integer(3))
  const [causal, dropped, seed] = [flag(random), flag(random), random.integer(1000)]
  const settings = {
    ...{ nHeads, nKvHeads, causal, dropout: dropped ? random.float() * 0.9 : 0 },
    ...(flag(random) ? { window: 1 + random.integer(40) } : {}),
    ...(flag(random) ? { scale: random.normal() } : {}),
  }
  return {
    settings: { ...settings, headSize, key: seed },
    options: { ...settings, key: key(seed) },
    width: nHeads * headSize,
    keyWidth: nKvHeads * headSize,
  }
}

function precision(random: Random): 'float32' | 'bfloat16' {
  return random.integer(3) === 0 ? 'bfloat16' : 'float32'
}

/** A sum in another order may be rounded to the next bfloat16, 2^-8 away, before it is multiplied again. */
function toleranceOf(compute: 'float32' | 'bfloat16') {
  return compute === 'bfloat16' ? { tolerance: 1e-2 } : {}
}

function loss(random: Random, shape: readonly number[]) {
  const ignoreIndex = pick(random, [-1, -100, 0])
  const targets = Array.from({ length: volume(shape.slice(0, -1)) }, () =>
    random.integer(5) === 0 ? ignoreIndex : random.integer(last(shape)),
  )
  return { targets, ignoreIndex, zLoss: flag(random) ? 0 : 1e-2 }
}

function ids(values: number[], shape: number[]): tf.Tensor {
  return tf.tensor(values, shape, 'int32')
}

function flag(random: Random): boolean {
  return random.integer(2) === 1
}

function pick<T>(random: Random, values: readonly T[]): T {
  return given(values[random.integer(values.length)])
}

function last(shape: readonly number[]): number {
  return shape[shape.length - 1] ?? 1
}

function volume(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('expected a value')
  return value
}
