import type { Document, OnDrop, Stage, Verdict } from '@llm/data'
import { hashText } from '@llm/data/document'

export interface FunnelOptions {
  /** Dropped documents shown per stage and rule. Default 5. */
  readonly samples?: number
  /** Characters of text shown per sample. Default 200. */
  readonly sampleLength?: number
}

/** What went into a stage, what came out, and why the rest did not. Sizes are UTF-8 bytes of the texts. */
export interface FunnelStage {
  readonly name: string
  readonly documentsIn: number
  readonly documentsOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Documents dropped with a verdict. */
  readonly dropped: number
  /** Documents that went in and neither came out nor were dropped with a verdict; 0 unless the run was cut short. */
  readonly unexplained: number
  /** Drops by rule, most frequent first. */
  readonly reasons: readonly FunnelReason[]
}

export interface FunnelReason {
  readonly rule: string
  readonly documents: number
  readonly bytes: number
  readonly samples: readonly FunnelSample[]
}

/** A dropped document. */
export interface FunnelSample {
  readonly id: string
  readonly source?: string
  readonly value: number | string
  readonly threshold: number | string
  readonly reason: string
  /** The beginning of the text. */
  readonly excerpt: string
}

/** Plain data: `JSON.stringify` gives the whole of it. */
export interface FunnelReport {
  readonly stages: readonly FunnelStage[]
}

export interface Funnel {
  /** Wraps a stage; `make` gets the `onDrop` to hand to it. Stages are reported in the order of these calls. */
  stage(name: string, make: (onDrop: OnDrop) => Stage): Stage
  report(): FunnelReport
}

/**
 * Counts documents and bytes in and out of each stage, and remembers why documents were dropped.
 *
 * Which dropped documents are shown is decided by a hash of their id, so it does not depend on their order. Memory:
 * `samples` excerpts per stage and rule.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { createFunnel } = await import('./funnel.js')
 * const { keep } = await import('./rules/keep.js')
 * const { minimumWords } = await import('./rules/minimum-words.js')
 * async function* input() {
 *   yield { id: 'a', text: 'three words here' }
 *   yield { id: 'b', text: 'one' }
 * }
 * const funnel = createFunnel()
 * const stage = funnel.stage('length', (onDrop) => keep(minimumWords(2), { onDrop }))
 * for await (const document of stage(input())) expect(document.id).toBe('a')
 * const [length] = funnel.report().stages
 * expect(length).toMatchObject({ documentsIn: 2, documentsOut: 1, bytesIn: 19, bytesOut: 16, dropped: 1, unexplained: 0 })
 * expect(length?.reasons[0]).toMatchObject({ rule: 'minimumWords', documents: 1, samples: [{ id: 'b', excerpt: 'one' }] })
 * ```
 */
export function createFunnel(options: FunnelOptions = {}): Funnel {
  const { samples = 5, sampleLength = 200 } = options
  const stages: Counter[] = []
  return {
    stage(name, make) {
      const counter = createCounter(name, samples, sampleLength)
      stages.push(counter)
      const inner = make(counter.drop)
      return (input) => counter.out(inner(counter.in(input)))
    },
    report: () => ({ stages: stages.map((stage) => stage.report()) }),
  }
}

interface Counter {
  in(input: AsyncIterable<Document>): AsyncIterable<Document>
  out(output: AsyncIterable<Document>): AsyncIterable<Document>
  drop: OnDrop
  report(): FunnelStage
}

function createCounter(name: string, sampleCount: number, sampleLength: number): Counter {
  const entered = { documents: 0, bytes: 0 }
  const left = { documents: 0, bytes: 0 }
  const reasons = new Map<string, { documents: number; bytes: number; samples: RankedSample[] }>()
  return {
    in: (input) => tally(input, entered),
    out: (output) => tally(output, left),
    drop(document, verdict) {
      let reason = reasons.get(verdict.rule)
      if (reason === undefined) {
        reason = { documents: 0, bytes: 0, samples: [] }
        reasons.set(verdict.rule, reason)
      }
      reason.documents++
      reason.bytes += Buffer.byteLength(document.text)
      offer(reason.samples, sampleCount, document, verdict, sampleLength)
    },
    report() {
      const list = [...reasons].map(([rule, { documents, bytes, samples }]) => ({
        rule,
        documents,
        bytes,
        samples: samples.map(({ sample }) => sample),
      }))
      list.sort((a, b) => b.documents - a.documents || (a.rule < b.rule ? -1 : 1))
      const dropped = list.reduce((sum, { documents }) => sum + documents, 0)
      return {
        name,
        documentsIn: entered.documents,
        documentsOut: left.documents,
        bytesIn: entered.bytes,
        bytesOut: left.bytes,
        dropped,
        unexplained: Math.max(0, entered.documents - left.documents - dropped),
        reasons: list,
      }
    },
  }
}

async function* tally(
  documents: AsyncIterable<Document>,
  count: { documents: number; bytes: number },
): AsyncGenerator<Document> {
  for await (const document of documents) {
    count.documents++
    count.bytes += Buffer.byteLength(document.text)
    yield document
  }
}

interface RankedSample {
  readonly rank: string
  readonly sample: FunnelSample
}

/** Keeps the samples whose rank, the hash of the id, is smallest, in ascending order of rank. */
function offer(
  kept: RankedSample[],
  limit: number,
  document: Document,
  verdict: Verdict,
  length: number,
): void {
  const excerpt = document.text.slice(0, length)
  // Documents may share an id; what they say then decides.
  const rank = `${hashText(document.id)} ${verdict.reason} ${excerpt}`
  const last = kept.at(-1)
  if (kept.length >= limit && (last === undefined || rank >= last.rank)) return
  const { value, threshold, reason } = verdict
  const source = document.source === undefined ? {} : { source: document.source }
  const at = kept.findIndex((other) => other.rank > rank)
  kept.splice(at === -1 ? kept.length : at, 0, {
    rank,
    sample: { id: document.id, ...source, value, threshold, reason, excerpt },
  })
  if (kept.length > limit) kept.pop()
}
