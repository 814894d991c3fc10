import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttentionShape, type Kernels, loadKernels, productOptions } from '../src/index.js'

const loaded = loadKernels()

/** Calls every kernel with arguments of the right types and wrong sizes: an error each time, or a result. */
const small = fc.integer({ min: 0, max: 12 })
const odd = fc.oneof(
  small,
  fc.double({ min: -3, max: 20, noNaN: false }),
  fc.constantFrom(2 ** 31, 2 ** 53, Number.MAX_VALUE, Number.NaN, -1),
)
const floats = fc.oneof(
  small.map((n) => new Float32Array(n).fill(0.5)),
  // A view into the middle of a buffer.
  small.map((n) => new Float32Array(64).subarray(3, 3 + n)),
)
const list = fc.oneof(
  fc.array(floats, { maxLength: 3 }),
  floats.map((x) => [x, x]),
)
const doubles = small.map((n) => new Float64Array(n % 4).fill(0.25))
const ids = fc
  .array(fc.integer({ min: -2, max: 14 }), { maxLength: 12 })
  .map((a) => Int32Array.from(a))
const flag = fc.boolean()
const ignored = fc.integer({ min: -3, max: 5 })
const word = fc.integer({ min: 0, max: 17 })

const attentionShape = fc.record({
  batch: odd,
  queries: odd,
  keys: odd,
  capacity: odd,
  nHeads: odd,
  nKvHeads: odd,
  headSize: odd,
  causal: flag,
  window: odd,
  scale: odd,
  dropout: odd,
  high: word,
  low: word,
})

const shapes: Record<string, fc.Arbitrary<unknown>[]> = {
  product: [floats, floats, floats, floats, odd, odd, odd, odd, word],
  linear: [...Array.from({ length: 6 }, () => floats), odd, odd, odd, word],
  linearGrad: [...Array.from({ length: 7 }, () => floats), odd, odd, odd, word],
  sumColumns: [floats, floats, odd],
  sumRows: [floats, floats, odd],
  sumAll: [floats],
  globalNorm: [list],
  binary: [word, floats, floats, floats],
  addScaled: [floats, floats, odd, floats],
  adamMoments: [floats, floats, floats, floats, floats, floats, odd, odd, odd, odd, odd],
  adamW: [list, list, list, list, doubles, ...Array.from({ length: 7 }, () => odd)],
  adafactor: [
    list,
    list,
    list,
    list,
    list,
    doubles,
    doubles,
    ...Array.from({ length: 7 }, () => odd),
  ],
  copyRows: [floats, odd, odd, floats, odd, odd, odd, odd],
  gelu: [floats, flag, floats],
  geluGrad: [floats, floats, flag, floats],
  swiglu: [floats, floats, floats, odd],
  swigluGrad: [floats, floats, floats, floats, floats, odd],
  dropout: [floats, odd, word, word, floats],
  layerNorm: [floats, floats, floats, odd, floats, floats, floats],
  layerNormGrad: [floats, floats, floats, floats, floats, floats, floats, floats],
  attention: [floats, floats, floats, floats, floats, attentionShape],
  attentionGrad: [...Array.from({ length: 9 }, () => floats), attentionShape],
  selfAttention: [floats, floats, floats, attentionShape],
  selfAttentionGrad: [floats, floats, floats, floats, floats, attentionShape],
  rotary: [floats, floats, floats, floats, odd, odd, odd, odd, odd, flag, flag],
  rmsNorm: [floats, floats, odd, floats, floats],
  rmsNormGrad: [floats, floats, floats, floats, floats, floats],
  crossEntropy: [floats, ids, ignored, odd, floats, floats],
  crossEntropyGrad: [floats, ids, ignored, odd, floats, odd, floats],
  linearCrossEntropy: [floats, floats, ids, odd, odd, ignored, odd, odd, flag, floats, floats],
  embedding: [floats, ids, floats, floats, odd, odd, odd],
  embeddingGrad: [floats, ids, floats, floats, odd, odd, odd],
  setInstructionSet: [fc.constantFrom('', 'mmx', 'AVX2', 'x'.repeat(10_000))],
  toLine: [floats],
  setThreads: [fc.constantFrom(-1, 0.5, 1e9, Number.NaN)],
}

if (loaded.kernels === undefined) it.skip(loaded.error.message, () => {})
else suite(loaded.kernels, loaded.source)

function suite(k: Kernels, source: string): void {
  describe('whatever comes in, an error is thrown or the call returns', () => {
    for (const [name, arbitraries] of Object.entries(shapes)) {
      it(name, () => {
        fc.assert(
          fc.property(fc.tuple(...arbitraries), (values) => {
            try {
              Reflect.apply(Reflect.get(k, name), undefined, values)
            } catch (error) {
              expect(error).toBeInstanceOf(Error)
            }
          }),
          { numRuns: 2000, seed: 1 },
        )
      })
    }

    it('arguments of other types are errors', () => {
      const wrong = [undefined, null, 'x', {}, [1], new Float64Array(4), new Int8Array(4), () => 1]
      for (const [name, arbitraries] of Object.entries(shapes)) {
        for (const value of wrong) {
          const values = arbitraries.map(() => value)
          const call = () => Reflect.apply(Reflect.get(k, name), undefined, values)
          expect(call, `${name} of ${String(value)}`).toThrow()
        }
      }
    })
  })

  it('products of any sizes are those of plain loops', () => {
    const size = fc.integer({ min: 0, max: 70 })
    const batches = fc.integer({ min: 0, max: 4 })
    fc.assert(
      fc.property(
        batches,
        size,
        size,
        size,
        fc.integer({ min: 0, max: 15 }),
        (batch, m, n, k_, options) => {
          const count = (bit: number, each: number) => (options & bit ? 1 : batch) * each
          const a = numbers(count(productOptions.sharedA, m * k_))
          const b = numbers(count(productOptions.sharedB, k_ * n))
          const c = new Float32Array(batch * m * n)
          k.product(a, b, new Float32Array(0), c, batch, m, n, k_, options)
          const expected = reference(a, b, batch, m, n, k_, options)
          for (const [i, value] of c.entries())
            expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4)
        },
      ),
      { numRuns: 60, seed: 1 },
    )
  })

  it('attention of any sizes is that of plain loops, packed or not, forward and backward', () => {
    const sizes = fc.record({
      batch: fc.integer({ min: 0, max: 2 }),
      time: fc.integer({ min: 0, max: 70 }),
      nKvHeads: fc.integer({ min: 1, max: 2 }),
      group: fc.integer({ min: 1, max: 3 }),
      headSize: fc.integer({ min: 1, max: 20 }),
      causal: flag,
      window: fc.integer({ min: 0, max: 30 }),
    })
    fc.assert(
      fc.property(sizes, ({ time, group, ...rest }) => {
        const nHeads = group * rest.nKvHeads
        const size = { ...plain, ...rest, nHeads, queries: time, keys: time, capacity: time }
        const row = nHeads + 2 * rest.nKvHeads
        const each = rest.batch * time * rest.headSize
        const out = (n: number) => new Float32Array(n)
        const [qkv, y, l] = [
          numbers(each * row),
          out(each * nHeads),
          out(rest.batch * nHeads * time),
        ]
        k.selfAttention(qkv, y, l, size)
        const expected = attended(qkv, size)
        for (const [i, v] of y.entries()) expect(v).toBeCloseTo(expected[i] ?? Number.NaN, 4)

        const dQkv = out(each * row)
        const dy = numbers(y.length)
        k.selfAttentionGrad(dy, qkv, y, l, dQkv, size)
        const part = (start: number, count: number) => (x: Float32Array) =>
          x.filter((_, i) => {
            const head = Math.floor(i / rest.headSize) % row
            return head >= start && head < start + count
          })
        const ofQ = part(0, nHeads)
        const ofK = part(nHeads, rest.nKvHeads)
        const ofV = part(nHeads + rest.nKvHeads, rest.nKvHeads)
        const [q, key, value] = [ofQ(qkv), ofK(qkv), ofV(qkv)]
        const [dq, dk, dv] = [out(q.length), out(key.length), out(value.length)]
        k.attentionGrad(dy, q, key, value, y, l, dq, dk, dv, size)
        expect([ofQ(dQkv), ofK(dQkv), ofV(dQkv)]).toEqual([dq, dk, dv])
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  describe('outputs', () => {
    it('that share memory with an input are refused', () => {
      const x = new Float32Array(8)
      expect(() => k.gelu(x, true, x)).toThrow('share no memory')
      expect(() => k.addScaled(x.subarray(0, 4), x.subarray(4), 1, x.subarray(2, 6))).toThrow(
        'addScaled: expected outputs that share no memory',
      )
      expect(() =>
        k.addScaled(x.subarray(0, 2), x.subarray(2, 4), 1, x.subarray(4, 6)),
      ).not.toThrow()
    })

    it('have the same bits for 1, 2 and 3 threads', () => {
      const [rows, width, heads] = [192, 96, 4]
      const x = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * 1.7))
      const weight = Float32Array.from({ length: width * width }, (_, i) => Math.cos(i * 0.3))
      const bits = (threads: number) => {
        k.setThreads(threads)
        const out = (n: number) => new Float32Array(n)
        const [y, dw, sums] = [out(rows * width), out(width * width), out(width)]
        k.product(x, weight, out(0), y, 1, rows, width, width, 0)
        k.product(x, y, out(0), dw, 1, width, width, rows, productOptions.transposeA)
        k.sumColumns(y, sums, rows)
        const [a, l] = [out(rows * width), out(2 * heads * (rows / 2))]
        const shape = { ...plain, batch: 2, queries: rows / 2, keys: rows / 2, capacity: rows / 2 }
        const options = { ...shape, nHeads: heads, nKvHeads: heads, headSize: width / heads }
        k.attention(x, y, x, a, l, options)
        const grads = [out(rows * width), out(rows * width), out(rows * width)] as const
        k.attentionGrad(y, x, y, x, a, l, ...grads, options)
        const total = Float64Array.of(k.globalNorm([y, x]))
        const all = [y, dw, sums, a, l, ...grads, total, ...layers(k, x, y, width)]
        return all.map((array) => Buffer.from(array.buffer).toString('base64')).join()
      }
      const one = bits(1)
      expect(bits(2)).toBe(one)
      expect(bits(3)).toBe(one)
      k.setThreads(0)
    })
  })

  it('a worker thread that ends leaves the pool working', async () => {
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        [1, 2].map(
          () =>
            new Promise<void>((resolve, reject) => {
              const worker = new Worker(workerCode, { eval: true, workerData: source })
              worker.once('error', reject)
              worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${code}`))))
            }),
        ),
      )
      expect(k.sumAll(new Float32Array(1e6).fill(1))).toBe(1e6)
    }
  })
}

/** The outputs of the kernels that are no products. */
function layers(
  k: Kernels,
  x: Float32Array,
  y: Float32Array,
  width: number,
): (Float32Array | Float64Array)[] {
  const rows = x.length / width
  const out = (n: number) => new Float32Array(n)
  const ids = Int32Array.from({ length: rows }, (_, i) => (i * i) % 67)
  const [gain, head] = [x.subarray(0, width), y.subarray(0, 67 * width)]
  const [normed, mean, inverse] = [out(x.length), out(rows), out(rows)]
  k.layerNorm(x, gain, gain, 1e-5, normed, mean, inverse)
  const [dx, dGain, dBias] = [out(x.length), out(width), out(width)]
  k.layerNormGrad(y, x, gain, mean, inverse, dx, dGain, dBias)
  const [rms, dxRms, dGainRms] = [out(rows), out(x.length), out(width)]
  k.rmsNorm(x, gain, 1e-5, out(x.length), rms)
  k.rmsNormGrad(y, x, gain, rms, dxRms, dGainRms)
  const [dTable, dPositions] = [out(67 * width), out(50 * width)]
  k.embeddingGrad(y, ids, dTable, dPositions, width, 48, 1)
  const [logSumExp, result] = [out(rows), out(2)]
  k.crossEntropy(x, ids, -1, 1e-3, logSumExp, result)
  const [dHidden, dHead] = [out(x.length), out(67 * width)]
  const loss = k.linearCrossEntropy(x, head, ids, width, 67, 3, 1e-3, 0.5, false, dHidden, dHead)
  const all = [normed, dx, dGain, dBias, dxRms, dGainRms, dTable, dPositions, logSumExp, result]
  return [...all, dHidden, dHead, Float64Array.of(loss)]
}

const workerCode = `
const { workerData } = require('node:worker_threads')
const kernels = require(workerData)
const x = new Float32Array(1e6).fill(1)
for (let i = 0; i < 50; i++) if (kernels.sumAll(x) !== 1e6) throw new Error('wrong sum')
`

function numbers(n: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898))
}

/** Options of attention that the tests do not vary. */
const plain = { causal: true, window: 0, scale: 0.3, dropout: 0, high: 0, low: 0 }

/** Attention over packed heads in plain loops. */
function attended(qkv: Float32Array, shape: AttentionShape): Float64Array {
  const { batch, queries: time, nHeads, nKvHeads, headSize, causal, window, scale } = shape
  const row = nHeads + 2 * nKvHeads
  const y = new Float64Array(batch * time * nHeads * headSize)
  for (let index = 0; index < y.length; index++) {
    const [c, head] = [index % headSize, Math.floor(index / headSize) % nHeads]
    const [i, b] = [
      Math.floor(index / headSize / nHeads) % time,
      Math.floor(index / headSize / nHeads / time),
    ]
    const at = (j: number, h: number, d: number) =>
      qkv[((b * time + j) * row + h) * headSize + d] ?? Number.NaN
    const kv = nHeads + Math.floor((head * nKvHeads) / nHeads)
    let [total, sum] = [0, 0]
    for (let j = 0; j < time; j++) {
      if ((causal && j > i) || (window > 0 && Math.abs(i - j) >= window)) continue
      let score = 0
      for (let d = 0; d < headSize; d++) score += at(i, head, d) * at(j, kv, d)
      const weight = Math.exp(score * scale)
      total += weight
      sum += weight * at(j, kv + nKvHeads, c)
    }
    y[index] = sum / total
  }
  return y
}

/** The products in plain loops. */
function reference(
  a: Float32Array,
  b: Float32Array,
  batch: number,
  m: number,
  n: number,
  k: number,
  options: number,
): Float64Array {
  const c = new Float64Array(batch * m * n)
  for (let index = 0; index < c.length; index++) {
    const [item, i, j] = [Math.floor(index / (m * n)), Math.floor(index / n) % m, index % n]
    for (let p = 0; p < k; p++) {
      const inA = options & productOptions.transposeA ? p * m + i : i * k + p
      const inB = options & productOptions.transposeB ? j * k + p : p * n + j
      const startA = options & productOptions.sharedA ? 0 : item * m * k
      const startB = options & productOptions.sharedB ? 0 : item * k * n
      c[index] = (c[index] ?? 0) + (a[startA + inA] ?? 0) * (b[startB + inB] ?? 0)
    }
  }
  return c
}
