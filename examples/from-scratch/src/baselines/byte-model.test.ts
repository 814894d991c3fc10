import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bitsOf, fitByteModel, probability } from './byte-model.js'

const end = 256
const at = (first: number, second: number) => first * 257 + second
const a = 97
const b = 98

describe('fitByteModel', () => {
  it('agrees with a case computed by hand', async () => {
    // 'aab' and its end: a 2, b 1, end 1; three kinds of symbol.
    const model = await fitByteModel(['aab'], 1)
    const base = 1 / 257
    const order0 = (2 + 3 * base) / (4 + 3)
    expect(probability(model, at(end, end), a, 0)).toBeCloseTo(order0, 12)
    // After a: a once, b once; two kinds.
    expect(probability(model, at(end, a), a, 1)).toBeCloseTo((1 + 2 * order0) / (2 + 2), 12)
    // c was never seen: only the uniform part is left.
    expect(probability(model, at(end, end), 99, 0)).toBeCloseTo((3 * base) / 7, 12)
    // After b only the end came.
    const endAtOrder0 = (1 + 3 * base) / 7
    expect(probability(model, at(a, b), end, 1)).toBeCloseTo((1 + endAtOrder0) / 2, 12)
    expect(bitsOf(model, 'a', 0)).toBeCloseTo(-Math.log2(order0) - Math.log2(endAtOrder0), 12)
  })

  it('sums to one over all symbols, after contexts seen and not seen', async () => {
    const model = await fitByteModel(['the whale and the sea', 'naïve — 鯨'], 2)
    const symbol = fc.integer({ min: 0, max: 256 })
    fc.assert(
      fc.property(symbol, symbol, fc.integer({ min: 0, max: 2 }), (first, second, order) => {
        let sum = 0
        for (let s = 0; s <= 256; s++) sum += probability(model, at(first, second), s, order)
        expect(sum).toBeCloseTo(1, 9)
      }),
      { numRuns: 50 },
    )
    let afterTh = 0
    for (let s = 0; s <= 256; s++) afterTh += probability(model, at(116, 104), s)
    expect(afterTh).toBeCloseTo(1, 9)
  })

  it('does not carry a context from one document into the next', async () => {
    const model = await fitByteModel(['xa', 'ya'], 2)
    expect(model.counts[1]?.[a * 257 + 121]).toBe(0)
    expect(model.counts[1]?.[end * 257 + 121]).toBe(1)
  })

  it('refuses an order it has no room for', async () => {
    await expect(fitByteModel(['a'], 3)).rejects.toThrow(
      'fitByteModel: expected an order of 0, 1 or 2, got 3',
    )
  })
})
