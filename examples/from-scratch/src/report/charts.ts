import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Baseline } from '../baselines/baselines.js'
import type { RunSummary, TokenizerSummary, TrainingSummary } from '../summary.js'
import { size } from './format.js'
import { type Html, html, trusted } from './html.js'

const ink = '#334155'
const pale = '#cbd5e1'
const blue = '#2563eb'
const orange = '#ea580c'

/** Drawn twice, for wide and for narrow pages; the style sheet shows one of them. */
function chart(title: string, draw: (width: number) => Plot.PlotOptions): Html {
  const drawn = (width: number): Html => {
    const { document } = parseHTML('<!doctype html><html><body></body></html>')
    const options = {
      marginBottom: 44,
      style: { fontSize: '12px', color: ink, overflow: 'visible' },
      ...draw(width),
    }
    return trusted(Plot.plot({ document, width, ...options }).outerHTML)
  }
  return html`<figure role="img" aria-label="${title}">
    <div class="wide">${drawn(820)}</div>
    <div class="narrow">${drawn(340)}</div>
  </figure>`
}

/** Bits per byte of the model beside everything it is measured against; shorter is better. */
export function bitsChart(own: number, baselines: readonly Baseline[]): Html {
  const others = baselines.flatMap(({ name, bitsPerByte }) =>
    bitsPerByte === undefined ? [] : [{ name, bits: bitsPerByte, own: false }],
  )
  const rows = [...others, { name: 'this model', bits: own, own: true }].sort(
    (a, b) => b.bits - a.bits,
  )
  return chart('Bits per byte', () => ({
    marginLeft: 135,
    marginRight: 45,
    height: 70 + 32 * rows.length,
    x: {
      labelOffset: 40,
      label: 'bits per byte of validation text →',
      domain: [0, Math.max(...rows.map((r) => r.bits))],
      grid: true,
      nice: true,
    },
    y: { label: null, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.barX(rows, { x: 'bits', y: 'name', fill: (row) => (row.own ? blue : pale) }),
      Plot.text(rows, {
        x: 'bits',
        y: 'name',
        text: (row) => row.bits.toFixed(3),
        dx: 6,
        textAnchor: 'start',
      }),
      Plot.ruleX([0]),
    ],
  }))
}

/** Training loss by step, its moving mean, and the loss on validation batches. */
export function lossChart({ curve, evaluations }: TrainingSummary): Html {
  const thin = thinned(curve, 600)
  return chart('Loss by step', () => ({
    marginLeft: 50,
    height: 310,
    x: { labelOffset: 40, label: 'step →' },
    y: { label: '↑ loss (nats per token)', grid: true },
    marks: [
      Plot.lineY(thin, { x: 'step', y: 'loss', stroke: pale }),
      Plot.lineY(
        curve,
        Plot.windowY(
          { k: Math.max(1, Math.ceil(curve.length / 40)), anchor: 'end' },
          { x: 'step', y: 'loss', stroke: ink },
        ),
      ),
      Plot.lineY(evaluations, { x: 'step', y: 'loss', stroke: orange }),
      Plot.dot(evaluations, { x: 'step', y: 'loss', fill: orange, r: 3 }),
    ],
  }))
}

export function rateChart({ curve }: TrainingSummary): Html {
  const highest = curve.reduce((most, { learningRate }) => Math.max(most, learningRate), 0)
  return chart('Learning rate by step', () => ({
    marginLeft: 60,
    height: 200,
    x: { labelOffset: 40, label: 'step →' },
    y: {
      // Room above the curve, or its highest tick would touch the axis label.
      domain: [0, 1.2 * highest || 1],
      label: '↑ learning rate',
      grid: true,
      ticks: 4,
      tickFormat: (rate: number) => rate.toExponential(0),
    },
    marks: [
      Plot.lineY(thinned(curve, 300), { x: 'step', y: 'learningRate', stroke: ink }),
      Plot.ruleY([0]),
    ],
  }))
}

/** Megabytes left after each stage. */
export function funnelChart(funnel: RunSummary['funnel']): Html {
  const first = funnel[0]
  const rows = funnel.map((stage) => ({
    name: stage.name,
    bytes: stage.bytesOut,
    documents: stage.documentsOut,
  }))
  if (first !== undefined)
    rows.unshift({ name: 'read', bytes: first.bytesIn, documents: first.documentsIn })
  return chart('Bytes left after each stage', () => ({
    marginLeft: 135,
    marginRight: 60,
    height: 70 + 28 * rows.length,
    x: {
      labelOffset: 40,
      label: 'text left (MB) →',
      grid: true,
      transform: (bytes: number) => bytes / 1e6,
    },
    y: { label: null, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.barX(rows, { x: 'bytes', y: 'name', fill: pale }),
      Plot.text(rows, {
        x: 'bytes',
        y: 'name',
        text: (row) => size(row.bytes),
        dx: 6,
        textAnchor: 'start',
      }),
      Plot.ruleX([0]),
    ],
  }))
}

/** Zipf's law: how often each token of the vocabulary occurs, most frequent first. */
export function frequencyChart({ frequencies }: TokenizerSummary): Html {
  const rows = frequencies.map(([rank, count]) => ({ rank, count }))
  return chart('Occurrences of each token by rank', () => ({
    marginLeft: 60,
    height: 280,
    x: { labelOffset: 40, type: 'log', label: 'rank of the token →', tickFormat: '~s' },
    y: { type: 'log', label: '↑ occurrences in the training text', grid: true, tickFormat: '~s' },
    marks: [Plot.lineY(rows, { x: 'rank', y: 'count', stroke: ink })],
  }))
}

export function lengthChart({ lengths }: TokenizerSummary): Html {
  const rows = lengths.map((tokens, bytes) => ({ bytes, tokens })).slice(1)
  return chart('Tokens by length', () => ({
    marginLeft: 60,
    height: 220,
    x: { labelOffset: 40, label: 'bytes in the token →', interval: 1, ticks: 8 },
    y: { label: '↑ tokens in the vocabulary', grid: true },
    marks: [
      Plot.rectY(rows, {
        x1: (row) => row.bytes - 0.45,
        x2: (row) => row.bytes + 0.45,
        y: 'tokens',
        fill: pale,
      }),
      Plot.ruleY([0]),
    ],
  }))
}

export function timingChart(timings: RunSummary['timings']): Html {
  return chart('Seconds by stage', () => ({
    marginLeft: 135,
    marginRight: 60,
    height: 70 + 26 * timings.length,
    x: { labelOffset: 40, label: 'seconds →', grid: true },
    y: { label: null, domain: timings.map(({ stage }) => stage) },
    marks: [
      Plot.barX(timings, { x: 'seconds', y: 'stage', fill: pale }),
      Plot.text(timings, {
        x: 'seconds',
        y: 'stage',
        text: (row) => row.seconds.toFixed(1),
        dx: 6,
        textAnchor: 'start',
      }),
      Plot.ruleX([0]),
    ],
  }))
}

/** At most `count` items, evenly spaced, the last among them. */
function thinned<T>(items: readonly T[], count: number): readonly T[] {
  const every = Math.max(1, Math.ceil(items.length / count))
  return items.filter((_, index) => index % every === 0 || index === items.length - 1)
}
