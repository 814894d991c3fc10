/** Symbols: the 256 bytes of UTF-8, and 256 for the end of a document, which also stands before its beginning. */
const end = 256
const symbols = 257
const powers = [1, symbols, symbols ** 2]

/** Counts of bytes after the 0, 1, ... `order` bytes before them. */
export interface ByteModel {
  readonly order: number
  /** `counts[k]` is indexed by the k symbols of the context and the symbol after them, base 257. */
  readonly counts: readonly Uint32Array[]
  /** How many symbols followed a context, and how many different ones. */
  readonly totals: readonly Uint32Array[]
  readonly types: readonly Uint16Array[]
}

/**
 * A model of characters, as bytes of UTF-8, by counting: order 0 knows how often each occurs, order 1 what follows
 * one byte, order 2 what follows two. One fit at `order` serves all lower orders.
 *
 * @param order 0, 1 or 2; memory grows as 257^(order + 1) times 4 bytes (68 MB at order 2).
 * @example
 * ```ts @import.meta.vitest
 * const { fitByteModel, bitsOf } = await import('./byte-model.js')
 * const model = await fitByteModel(['abab'], 1)
 * expect(bitsOf(model, 'abab', 1)).toBeLessThan(bitsOf(model, 'abab', 0))
 * ```
 */
export async function fitByteModel(
  documents: Iterable<string> | AsyncIterable<string>,
  order: number,
): Promise<ByteModel> {
  if (!Number.isInteger(order) || order < 0 || order > 2)
    throw new RangeError(`fitByteModel: expected an order of 0, 1 or 2, got ${order}`)
  const orders = Array.from({ length: order + 1 }, (_, k) => k)
  const counts = orders.map((k) => new Uint32Array(symbols ** (k + 1)))
  const totals = orders.map((k) => new Uint32Array(symbols ** k))
  const types = orders.map((k) => new Uint16Array(symbols ** k))
  for await (const document of documents) {
    eachStep(document, (context, symbol) => {
      for (let k = 0; k <= order; k++) {
        const place = context % powers[k]!
        const cell = place * symbols + symbol
        const count = counts[k]!
        if (count[cell] === 0) types[k]![place]!++
        count[cell]!++
        totals[k]![place]!++
      }
    })
  }
  return { order, counts, totals, types }
}

/**
 * The probability of `symbol` after `context`, smoothed by interpolation after Witten and Bell (1991, method C):
 * `p_k = (count + types * p_(k-1)) / (total + types)`, down to `p_(-1) = 1/257`. Over all 257 symbols it sums to one.
 *
 * @param context the two symbols before, as `first * 257 + second`.
 */
export function probability(
  model: ByteModel,
  context: number,
  symbol: number,
  order: number = model.order,
): number {
  let p = 1 / symbols
  for (let k = 0; k <= order; k++) {
    const place = context % powers[k]!
    const total = model.totals[k]![place]!
    if (total === 0) break
    const types = model.types[k]![place]!
    p = (model.counts[k]![place * symbols + symbol]! + types * p) / (total + types)
  }
  return p
}

/** What a model of this order needs to tell one document and where it ends, in bits. */
export function bitsOf(model: ByteModel, document: string, order: number = model.order): number {
  let bits = 0
  eachStep(document, (context, symbol) => {
    bits -= Math.log2(probability(model, context, symbol, order))
  })
  return bits
}

/** Calls `visit` with each symbol of a document and the two before it. */
function eachStep(document: string, visit: (context: number, symbol: number) => void): void {
  let context = end * symbols + end
  for (const byte of Buffer.from(document, 'utf8')) {
    visit(context, byte)
    context = (context % symbols) * symbols + byte
  }
  visit(context, end)
}
