import { at, type Doubles } from './double.js'

/** Sizes and options of the attention below, and where q, k and v lie. */
export interface AttentionCase {
  readonly batch: number
  readonly queries: number
  readonly keys: number
  readonly nHeads: number
  readonly nKvHeads: number
  readonly size: number
  readonly causal: boolean
  readonly window?: number
  readonly scale?: number
  /** What each weight in [batch, nHeads, query, key] is multiplied by. */
  readonly factors?: Doubles
}

/** Attention in double precision, in plain loops. */
export function attention(q: Doubles, k: Doubles, v: Doubles, shape: AttentionCase): number[] {
  const { batch, queries, keys, nHeads, nKvHeads, size, causal, window = Infinity } = shape
  const { scale = 1 / Math.sqrt(size), factors } = shape
  const capacity = k.length / (batch * nKvHeads * size)
  const y: number[] = q.map(() => 0)
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < nHeads; h++) {
      const shared = Math.floor((h * nKvHeads) / nHeads)
      for (let i = 0; i < queries; i++) {
        const query = ((b * queries + i) * nHeads + h) * size
        const key = (j: number) => ((b * capacity + j) * nKvHeads + shared) * size
        const position = i + keys - queries
        const seen = Array.from({ length: keys }, (_, j) => j).filter(
          (j) => (!causal || j <= position) && Math.abs(j - position) < window,
        )
        const scores = seen.map((j) => {
          let sum = 0
          for (let c = 0; c < size; c++) sum += at(q, query + c) * at(k, key(j) + c)
          return sum * scale
        })
        const largest = Math.max(...scores)
        const weights = scores.map((score) => Math.exp(score - largest))
        const total = weights.reduce((a, b) => a + b, 0)
        for (const [index, j] of seen.entries()) {
          const factor = factors?.[((b * nHeads + h) * queries + i) * keys + j] ?? 1
          for (let c = 0; c < size; c++) {
            y[query + c] =
              at(y, query + c) + (at(weights, index) / total) * factor * at(v, key(j) + c)
          }
        }
      }
    }
  }
  return y
}

/** The columns `start` to `end` of rows of `width`. */
export function columns(x: Doubles, width: number, start: number, end: number): number[] {
  return x.filter((_, i) => i % width >= start && i % width < end)
}

export interface RotaryCase {
  readonly time: number
  readonly heads: number
  readonly headSize: number
  readonly turned: number
  readonly rotaryDims: number
  readonly base: number
  readonly interleaved: boolean
  readonly offset: number
}

/** Rotary positions as rotations of the complex numbers that pairs are. */
export function rotary(x: Doubles, shape: RotaryCase): number[] {
  const { time, heads, headSize, turned, rotaryDims, base, interleaved, offset } = shape
  return x.map((value, index) => {
    const c = index % headSize
    const head = Math.floor(index / headSize) % heads
    if (head >= turned || c >= rotaryDims) return value
    const half = rotaryDims / 2
    const position = offset + (Math.floor(index / (headSize * heads)) % time)
    const pair = interleaved ? Math.floor(c / 2) : c % half
    const second = interleaved ? c % 2 === 1 : c >= half
    const distance = interleaved ? 1 : half
    const other = at(x, index + (second ? -distance : distance))
    const angle = position * base ** ((-2 * pair) / rotaryDims)
    return value * Math.cos(angle) + (second ? 1 : -1) * other * Math.sin(angle)
  })
}
