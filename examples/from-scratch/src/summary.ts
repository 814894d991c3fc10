import type { FunnelStage } from '@llm/clean'
import type { Baseline } from './baselines/baselines.js'

/** Everything a run found out, as plain data: `summary.json`, and what the report is drawn from. */
export interface RunSummary {
  readonly startedAt: string
  readonly settings: Settings
  readonly machine: Machine
  readonly corpus: CorpusSummary
  readonly funnel: readonly FunnelStage[]
  readonly duplicates: DuplicatesSummary
  readonly split: SplitSummary
  readonly tokenizer: TokenizerSummary
  readonly model: ModelSummary
  readonly training: TrainingSummary
  readonly result: ResultSummary
  readonly samples: readonly Sample[]
  /** In the order they ran. A stage taken over from an earlier run keeps the time it took then. */
  readonly timings: readonly Timing[]
}

interface Settings {
  /** The user's own files; absent for the default corpus. */
  readonly input?: readonly string[]
  readonly minutes: number
  readonly seed: number
  readonly vocabularySize: number
}

export interface Machine {
  readonly node: string
  readonly platform: string
  readonly cpus: number
  readonly backend: { readonly name: string; readonly device: string; readonly reason: string }
  /** Versions of the packages that took part. */
  readonly versions: Readonly<Record<string, string>>
}

export interface CorpusSummary {
  readonly documents: number
  readonly bytes: number
  /** SHA-256 over the ids and texts of all documents that entered, in order. */
  readonly hash: string
  readonly sources: readonly SourceSummary[]
}

/** A work, or the files of one licence in the crawl. */
export interface SourceSummary {
  readonly title: string
  readonly from: string
  readonly license: string
  readonly rights?: string
  readonly documents: number
  readonly bytes: number
  /** What is left of it in the training and validation text. */
  readonly documentsKept: number
  readonly bytesKept: number
}

export interface DuplicatesSummary {
  readonly exact: number
  readonly near: number
  /** The largest groups of documents that say the same. */
  readonly clusters: readonly Cluster[]
}

export interface Cluster {
  readonly size: number
  readonly kind: 'exact' | 'near'
  /** Ids of some of its members; the first is the one that was kept. */
  readonly members: readonly string[]
  readonly excerpt: string
}

interface Part {
  readonly documents: number
  readonly bytes: number
  readonly tokens: number
}

export interface SplitSummary {
  readonly training: Part
  readonly validation: Part
  /** Training documents that share `n` words in a row with the validation text, which were taken out. */
  readonly contamination: {
    readonly n: number
    readonly documents: number
    readonly bytes: number
    readonly examples: readonly { readonly id: string; readonly shared: string }[]
  }
}

export interface TokenizerSummary {
  readonly vocabularySize: number
  readonly hash: string
  /** Ids that occur in the training text. */
  readonly used: number
  /** How often ids occur in the training text, by rank: `[rank, count]`, thinned out. */
  readonly frequencies: readonly (readonly [rank: number, count: number])[]
  /** `lengths[n]` is how many tokens of the vocabulary stand for n bytes. */
  readonly lengths: readonly number[]
  readonly longest: readonly string[]
}

interface ModelSummary {
  readonly parameters: number
  readonly width: number
  readonly nLayers: number
  readonly nHeads: number
  readonly contextLength: number
}

export interface TrainingSummary {
  readonly steps: number
  readonly tokensPerStep: number
  readonly tokensPerSecond: number
  readonly seconds: number
  readonly curve: readonly CurvePoint[]
  readonly evaluations: readonly { readonly step: number; readonly loss: number }[]
}

export interface CurvePoint {
  readonly step: number
  readonly loss: number
  readonly learningRate: number
}

interface ResultSummary {
  /** Mean over the whole validation file, nats per token. */
  readonly loss: number
  readonly perplexity: number
  readonly bitsPerByte: number
  readonly tokens: number
  readonly bytes: number
  readonly baselines: readonly Baseline[]
}

export interface Sample {
  readonly prompt: string
  readonly text: string
}

export interface Timing {
  readonly stage: string
  readonly seconds: number
}
