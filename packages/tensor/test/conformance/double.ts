/** The ops in double precision, in plain loops: what every backend is held to. Arrays are row by row. */

export type Doubles = readonly number[]

export function linear(
  x: Doubles,
  weight: Doubles,
  bias: Doubles | undefined,
  n: number,
): number[] {
  const k = n === 0 ? 0 : weight.length / n
  const rows = k === 0 ? 0 : x.length / k
  return fill(rows * n, (index) => {
    const [row, j] = [Math.floor(index / n), index % n]
    let sum = bias?.[j] ?? 0
    for (let p = 0; p < k; p++) sum += at(x, row * k + p) * at(weight, p * n + j)
    return sum
  })
}

export function embedding(table: Doubles, ids: Doubles, width: number): number[] {
  return ids.flatMap((id) => table.slice(id * width, (id + 1) * width))
}

/** With rows of `positions` added: those of the ids' places within `time`, from `offset`. */
export function embeddingAt(
  table: Doubles,
  ids: Doubles,
  width: number,
  positions: Doubles,
  places: { readonly time: number; readonly offset: number },
): number[] {
  return embedding(table, ids, width).map((value, i) => {
    const place = places.offset + (Math.floor(i / width) % places.time)
    return value + at(positions, place * width + (i % width))
  })
}

export function rmsNorm(x: Doubles, gain: Doubles, epsilon: number): number[] {
  const width = gain.length
  return rowsOf(x, width).flatMap((row) => {
    const square = sum(row.map((v) => v ** 2)) / width
    return row.map((v, i) => (v / Math.sqrt(square + epsilon)) * at(gain, i))
  })
}

export function swiglu(gate: Doubles, up: Doubles): number[] {
  return gate.map((g, i) => (g / (1 + Math.exp(-g))) * at(up, i))
}

/** The two halves of rows of `2 * width` numbers. */
export function halves(x: Doubles, width: number): [number[], number[]] {
  const rows = rowsOf(x, 2 * width)
  return [rows.flatMap((row) => row.slice(0, width)), rows.flatMap((row) => row.slice(width))]
}

export function layerNorm(
  x: Doubles,
  gain: Doubles,
  bias: Doubles | undefined,
  epsilon: number,
): number[] {
  const width = gain.length
  return rowsOf(x, width).flatMap((row) => {
    const mean = sum(row) / width
    const variance = sum(row.map((v) => (v - mean) ** 2)) / width
    return row.map(
      (v, i) => ((v - mean) / Math.sqrt(variance + epsilon)) * at(gain, i) + (bias?.[i] ?? 0),
    )
  })
}

export function gelu(x: Doubles, approximate: 'tanh' | 'none'): number[] {
  return x.map((v) =>
    approximate === 'tanh'
      ? (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)))
      : (v / 2) * (1 + erf(v / Math.SQRT2)),
  )
}

export function crossEntropy(
  logits: Doubles,
  targets: Doubles,
  vocabulary: number,
  options: { readonly ignoreIndex?: number; readonly zLoss?: number } = {},
): number {
  const { ignoreIndex, zLoss = 0 } = options
  const losses = rowsOf(logits, vocabulary).flatMap((row, i) => {
    const target = at(targets, i)
    if (target === ignoreIndex) return []
    const largest = Math.max(...row)
    const logSumExp = largest + Math.log(sum(row.map((v) => Math.exp(v - largest))))
    return [logSumExp - at(row, target) + zLoss * logSumExp ** 2]
  })
  return losses.length === 0 ? 0 : sum(losses) / losses.length
}

export function linearCrossEntropy(
  x: Doubles,
  weight: Doubles,
  targets: Doubles,
  width: number,
  options: { readonly ignoreIndex?: number; readonly zLoss?: number; readonly scale?: number },
): number {
  const { scale = 1 } = options
  const vocabulary = weight.length / width
  const logits = rowsOf(x, width).flatMap((row) =>
    rowsOf(weight, width).map((head) => scale * sum(row.map((v, i) => v * at(head, i)))),
  )
  return crossEntropy(logits, targets, vocabulary, options)
}

export function at(x: Doubles, index: number): number {
  const value = x[index]
  if (value === undefined) throw new RangeError(`expected an element at ${index} of ${x.length}`)
  return value
}

function rowsOf(x: Doubles, width: number): number[][] {
  return fill(width === 0 ? 0 : x.length / width, (i) => x.slice(i * width, (i + 1) * width))
}

function fill<T>(length: number, f: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => f(index))
}

export function sum(x: Doubles): number {
  return x.reduce((total, value) => total + value, 0)
}

/** By its series, whose terms have one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let total = x
  for (let n = 1; n < 400; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    total += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total
}
