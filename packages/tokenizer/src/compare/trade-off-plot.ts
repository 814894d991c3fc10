import type { TradeOffPoint } from './vocabulary-trade-off.js'

export interface TradeOffPlotOptions {
  /** In pixels. Default: 640. */
  readonly width?: number
  /** In pixels. Default: 400. */
  readonly height?: number
  /** Default: `'Bigger vocabulary, fewer tokens'`. */
  readonly title?: string
}

const colours = ['#2563eb', '#ea580c', '#059669', '#7c3aed', '#be123c', '#0891b2']
const margin = { top: 40, right: 120, bottom: 48, left: 52 }

/**
 * The trade-off as an SVG image: size of the vocabulary (logarithmic) to the right, bytes per token upwards.
 *
 * @param curves points by the name of the curve, as of several kinds or languages.
 * @throws RangeError when there is nothing to draw.
 * @example
 * ```ts @import.meta.vitest
 * const { tradeOffPlot } = await import('./trade-off-plot.js')
 * const { vocabularyTradeOff } = await import('./vocabulary-trade-off.js')
 * const svg = tradeOffPlot({ bpe: await vocabularyTradeOff(['low lower lowest'], [258, 260, 262]) })
 * expect(svg).toMatch(/^<svg .*<\/svg>$/s)
 * expect(svg.match(/<circle/g)).toHaveLength(3)
 * ```
 */
export function tradeOffPlot(
  curves: Readonly<Record<string, readonly TradeOffPoint[]>>,
  options: TradeOffPlotOptions = {},
): string {
  const { width = 640, height = 400, title = 'Bigger vocabulary, fewer tokens' } = options
  const names = Object.keys(curves).filter((name) => curves[name]?.length)
  const all = names.flatMap((name) => curves[name] ?? [])
  if (all.length === 0) throw new RangeError('tradeOffPlot: expected points to draw, got none')
  const bottom = height - margin.bottom
  const right = width - margin.right
  const x = scale(
    all.map(({ vocabularySize }) => Math.log2(vocabularySize)),
    margin.left,
    right,
  )
  const most = Math.max(...all.map(({ bytesPerToken }) => bytesPerToken))
  const y = scale([0, most * 1.05], bottom, margin.top)

  const sizes = [...new Set(all.map(({ vocabularySize }) => vocabularySize))].sort((a, b) => a - b)
  const xTicks = apart(sizes, (size) => x(Math.log2(size)), 56).map(
    (size) =>
      `<text x="${at(x(Math.log2(size)))}" y="${bottom + 18}" text-anchor="middle">${short(size)}</text>`,
  )
  const step = niceStep(most / 5)
  const yTicks = Array.from({ length: Math.floor((most * 1.05) / step) + 1 }, (_, i) => {
    const level = at(y(i * step))
    return `<line x1="${margin.left}" x2="${right}" y1="${level}" y2="${level}" stroke="#e2e8f0"/><text x="${margin.left - 8}" y="${level}" dy="0.32em" text-anchor="end">${+(i * step).toFixed(2)}</text>`
  })
  const drawn = names.map((name) => ({
    name,
    places: [...(curves[name] ?? [])]
      .sort((a, b) => a.vocabularySize - b.vocabularySize)
      .map(
        ({ vocabularySize, bytesPerToken }) =>
          [at(x(Math.log2(vocabularySize))), at(y(bytesPerToken))] as const,
      ),
  }))
  const heights = spread(
    drawn.map(({ places }) => places.at(-1)?.[1] ?? 0),
    14,
  )
  const lines = drawn.map(({ name, places }, i) => {
    const colour = colours[i % colours.length]
    const dots = places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5"/>`).join('')
    const end = places.at(-1)?.[0] ?? 0
    return `<g fill="${colour}"><polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}<text x="${end + 10}" y="${heights[i]}" dy="0.32em">${escapeXml(name)}</text></g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#334155"><title>${escapeXml(title)}</title>
<text x="${margin.left}" y="22" font-size="15" font-weight="600">${escapeXml(title)}</text>
${yTicks.join('\n')}
${xTicks.join('\n')}
<text x="${(margin.left + right) / 2}" y="${height - 8}" text-anchor="middle">ids in the vocabulary</text>
<text transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">bytes per token</text>
${lines.join('\n')}
</svg>`
}

/** A linear scale over the range of some values; a single value stands in the middle. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.min(...values)
  const spread = Math.max(...values) - low
  return (value) => (spread === 0 ? (from + to) / 2 : from + ((value - low) / spread) * (to - from))
}

/** The values whose places are at least `distance` from the one before. */
function apart(
  values: readonly number[],
  place: (value: number) => number,
  distance: number,
): number[] {
  const kept: number[] = []
  for (const value of values) {
    const last = kept.at(-1)
    if (last === undefined || place(value) - place(last) >= distance) kept.push(value)
  }
  return kept
}

/** The same heights, moved down where two would be closer than `distance`. */
function spread(heights: readonly number[], distance: number): number[] {
  const out = [...heights]
  let last = Number.NEGATIVE_INFINITY
  for (const i of [...heights.keys()].sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0))) {
    last = Math.max(heights[i] ?? 0, last + distance)
    out[i] = at(last)
  }
  return out
}

/** 1, 2 or 5 times a power of ten, about as large as `wanted`. */
function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted || 1))
  return power * ([1, 2, 5].find((factor) => factor * power >= wanted) ?? 10)
}

function at(value: number): number {
  return Math.round(value * 10) / 10
}

function short(size: number): string {
  return size.toLocaleString('en')
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
