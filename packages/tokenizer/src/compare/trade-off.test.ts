import { expect, test } from 'vitest'
import { trainCharacters } from '../characters/train-characters.js'
import { tradeOffPlot } from './trade-off-plot.js'
import { vocabularyTradeOff } from './vocabulary-trade-off.js'

const texts = ['she sells sea shells by the sea shore', 'the shells she sells are sea shells']

test('more ids, fewer tokens, on texts that were not trained on', async () => {
  const points = await vocabularyTradeOff(texts, [257, 262, 270], {
    heldOut: ['sea shells'],
    width: 4,
  })
  expect(points.map(({ tokens }) => tokens)).toEqual(
    [...points].map(({ tokens }) => tokens).sort((a, b) => b - a),
  )
  expect(points[0]!.tokens).toBe(10)
  expect(points[2]!.tokens).toBeLessThan(5)
  expect(points.map(({ embeddingParameters }) => embeddingParameters)).toEqual([1028, 1048, 1080])
})

test('another trainer, and no size at all', async () => {
  const train = (all: Iterable<string>) => trainCharacters(all)
  const [point] = await vocabularyTradeOff(texts, [1000], { train })
  expect(point!.bytesPerToken).toBe(1)
  await expect(vocabularyTradeOff(texts, [])).rejects.toThrow('at least one vocabulary size')
})

test('the plot has a dot for each point, keeps within its frame, and escapes names', async () => {
  const points = await vocabularyTradeOff(texts, [257, 262, 270])
  const svg = tradeOffPlot({ 'a < "b"': points, one: points.slice(0, 1), none: [] })
  expect(svg.match(/<circle/g)).toHaveLength(4)
  expect(svg).toContain('a &#60; &#34;b&#34;')
  for (const [, cx, cy] of svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)) {
    expect(Number(cx)).toBeGreaterThanOrEqual(52)
    expect(Number(cx)).toBeLessThanOrEqual(520)
    expect(Number(cy)).toBeGreaterThanOrEqual(40)
    expect(Number(cy)).toBeLessThanOrEqual(352)
  }
  expect(tradeOffPlot({ one: points.slice(0, 1) })).not.toContain('NaN')
  expect(() => tradeOffPlot({ none: [] })).toThrow('tradeOffPlot: expected points to draw')
})
