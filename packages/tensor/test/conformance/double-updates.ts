/** What optimizers do, in double precision and plain loops. */
import { at, type Doubles, sum } from './double.js'

export function adamMoments(
  g: Doubles,
  m: Doubles,
  v: Doubles,
  options: { beta1: number; beta2: number; epsilon: number; step: number },
): { update: number[]; m: number[]; v: number[] } {
  const { beta1, beta2, epsilon, step } = options
  const newM = g.map((value, i) => beta1 * at(m, i) + (1 - beta1) * value)
  const newV = g.map((value, i) => beta2 * at(v, i) + (1 - beta2) * value ** 2)
  const update = newM.map(
    (value, i) =>
      value / (1 - beta1 ** step) / (Math.sqrt(at(newV, i) / (1 - beta2 ** step)) + epsilon),
  )
  return { update, m: newM, v: newV }
}

export function globalNorm(tensors: readonly Doubles[]): number {
  return Math.sqrt(sum(tensors.map((x) => sum(x.map((v) => v * v)))))
}

/** One parameter's step; `step` counts from 1. */
export function adamW(
  p: Doubles,
  g: Doubles,
  m: Doubles,
  v: Doubles,
  options: {
    learningRate: number
    beta1: number
    beta2: number
    epsilon: number
    step: number
    decay: number
    scale: number
  },
): { p: number[]; m: number[]; v: number[] } {
  const { learningRate, decay, scale } = options
  const scaled = g.map((value) => value * scale)
  const next = adamMoments(scaled, m, v, options)
  const moved = p.map((value, i) => value - learningRate * (at(next.update, i) + decay * value))
  return { p: moved, m: next.m, v: next.v }
}

export interface AdafactorState {
  readonly rows: Doubles
  readonly columns: Doubles
  readonly v: Doubles
  readonly m: Doubles
}

export interface AdafactorNumbers {
  readonly learningRate: number
  readonly step: number
  readonly beta1: number
  readonly clip: number
  readonly leastSize: number
  readonly decay: number
  readonly scale: number
  /** [matrices, rows, columns] where the second moments are factored. */
  readonly factored?: readonly [number, number, number]
}

/** One parameter's step; the state has its second moments in `v`, or in `rows` and `columns`, and its mean in `m`. */
export function adafactor(
  p: Doubles,
  g: Doubles,
  state: AdafactorState,
  { learningRate, step, beta1, clip, leastSize, decay, scale, factored }: AdafactorNumbers,
): AdafactorState & { p: number[] } {
  const beta2 = 1 - step ** -0.8
  const gradient = g.map((value) => value * scale)
  const squares = gradient.map((value) => value ** 2 + 1e-30)
  const mix = (old: number, next: number): number => beta2 * old + (1 - beta2) * next
  let next = { rows: [] as number[], columns: [] as number[], v: [] as number[] }
  let second: number[]
  if (factored === undefined) {
    second = squares.map((square, i) => mix(at(state.v, i), square))
    next = { ...next, v: second }
  } else {
    const [matrices, height, width] = factored
    const rows = Array.from({ length: matrices * height }, (_, r) =>
      mix(at(state.rows, r), mean(squares.slice(r * width, (r + 1) * width))),
    )
    const columns = Array.from({ length: matrices * width }, (_, c) => {
      const [matrix, column] = [Math.floor(c / width), c % width]
      const values = Array.from({ length: height }, (_, r) =>
        at(squares, (matrix * height + r) * width + column),
      )
      return mix(at(state.columns, c), mean(values))
    })
    second = squares.map((_, i) => {
      const row = Math.floor(i / width)
      const matrix = Math.floor(row / height)
      const all = mean(rows.slice(matrix * height, (matrix + 1) * height))
      return (at(rows, row) * at(columns, matrix * width + (i % width))) / all
    })
    next = { ...next, rows, columns }
  }
  const direction = gradient.map((value, i) => value / Math.sqrt(at(second, i)))
  const length = Math.max(1, rms(direction) / clip)
  const size = leastSize > 0 ? Math.max(leastSize, rms(p)) : 1
  const steps = direction.map((value) => (learningRate * size * value) / length)
  const m = state.m.map((value, i) => beta1 * value + (1 - beta1) * at(steps, i))
  const taken = state.m.length > 0 ? m : steps
  return { ...next, m, p: p.map((value, i) => (1 - decay) * value - at(taken, i)) }
}

function mean(x: Doubles): number {
  return sum(x) / x.length
}

function rms(x: Doubles): number {
  return Math.sqrt(mean(x.map((value) => value ** 2)))
}
