import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadKernels } from '../src/index.js'

const { kernels } = loadKernels()

/** A matrix with `columns` columns, factored or not, and what updates of it read and write. */
interface Matrix {
  readonly columns: number
  readonly factored: boolean
  readonly decay: number
  readonly gradient: Float32Array
  readonly written: Record<'p' | 'm' | 'v' | 'mean' | 'rows' | 'across', Float32Array>
}

const matrices = fc.array(
  fc
    .record({
      rows: fc.integer({ min: 0, max: 150 }),
      columns: fc.integer({ min: 1, max: 150 }),
      factored: fc.boolean(),
      decay: fc.constantFrom(0, 0.1),
    })
    .map(({ rows, columns, factored, decay }): Matrix => {
      const n = rows * columns
      const [p, m, mean, gradient] = [numbers(n, 1), numbers(n, 2), numbers(n, 3), numbers(n, 4)]
      const second = factored ? [rows, columns] : [n, 0]
      const [byRow, across] = [squares(second[0] ?? 0, 5), squares(second[1] ?? 0, 6)]
      const written = { p, m, v: squares(n, 7), mean, rows: byRow, across }
      return { columns, factored, decay, gradient, written }
    }),
  { maxLength: 6 },
)

describe.skipIf(kernels === undefined)('updates of lists', () => {
  it('are those of one tensor at a time, on any number of threads', () => {
    fc.assert(
      fc.property(matrices, (list) => {
        const together = [1, 2, 3].map((threads) => {
          kernels?.setThreads(threads)
          const copy = list.map(copyOf)
          update(copy)
          return copy
        })
        const apart = list.map(copyOf)
        for (const matrix of apart) update([matrix])
        for (const result of together) expect(bits(result)).toBe(bits(apart))
        const norms = list.map(({ gradient }) => kernels?.globalNorm([gradient]) ?? 0)
        const all = kernels?.globalNorm(list.map(({ gradient }) => gradient)) ?? 0
        expect(Math.abs(all - Math.hypot(...norms))).toBeLessThanOrEqual(1e-6 * all)
      }),
      { numRuns: 50, seed: 1 },
    )
    kernels?.setThreads(0)
  })

  it('refuse arrays that share memory', () => {
    const x = new Float32Array(64)
    const [a, b, c, d] = [0, 16, 32, 48].map((start) => x.subarray(start, start + 16))
    const decays = new Float64Array(1)
    const numbers = [0.1, 0.9, 0.9, 0, 0.1, 0.1, 1] as const
    const call = (...tensors: (Float32Array | undefined)[]) => {
      const [p = x, g = x, m = x, v = x] = tensors
      kernels?.adamW([p], [g], [m], [v], decays, ...numbers)
    }
    expect(() => call(a, b, c, d)).not.toThrow()
    expect(() => call(a, a, c, d)).toThrow('share no memory')
    expect(() => call(a, b, c, c)).toThrow('share no memory')
    expect(() => call(a, x.subarray(8, 24), c, d)).toThrow('share no memory')
    expect(() => call(d, b, c, x.subarray(47, 63))).toThrow('share no memory')
  })
})

function update(list: readonly Matrix[]): void {
  const pick = (name: keyof Matrix['written']) => list.map(({ written }) => written[name])
  const gradients = list.map(({ gradient }) => gradient)
  const decays = Float64Array.from(list, ({ decay }) => decay)
  const widths = Float64Array.from(list, ({ columns, factored }) => (factored ? columns : 0))
  const [p, m, v, mean] = [pick('p'), pick('m'), pick('v'), pick('mean')]
  kernels?.adamW(p, gradients, m, v, decays, 0.1, 0.9, 0.99, 1e-8, 0.1, 0.01, 0.5)
  const second = [pick('rows'), pick('across')] as const
  const adafactor = [0.1, 0.9, 0.5, 1e-30, 1e-3, 1, 0.5] as const
  kernels?.adafactor(p, gradients, ...second, mean, widths, decays, ...adafactor)
}

function copyOf(matrix: Matrix): Matrix {
  const { p, m, v, mean, rows, across } = matrix.written
  const written = {
    p: p.slice(),
    m: m.slice(),
    v: v.slice(),
    mean: mean.slice(),
    rows: rows.slice(),
    across: across.slice(),
  }
  return { ...matrix, written }
}

/** All that was written, as text. */
function bits(list: readonly Matrix[]): string {
  const arrays = list.flatMap(({ written }) => Object.values(written))
  return arrays.map(({ buffer }) => Buffer.from(buffer).toString('base64')).join()
}

function numbers(n: number, seed: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => Math.sin((i + 1) * 12.9898 * seed))
}

function squares(n: number, seed: number): Float32Array {
  return numbers(n, seed).map((x) => x * x)
}
