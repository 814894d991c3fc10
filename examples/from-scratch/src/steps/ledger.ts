import { createHash } from 'node:crypto'
import type { Document, Verdict } from '@llm/data'
import type { DuplicateCluster } from '@llm/dedup'
import type { Cluster, CorpusSummary, DuplicatesSummary, SourceSummary } from '../summary.js'

/** What became of one document: a line of `corpus.jsonl`. A long text counts as the passages it was cut into. */
export interface Outcome {
  readonly id: string
  readonly source?: string
  readonly license?: string
  readonly bytes: number
  /** `training`, `validation`, or the stage that dropped it, and why. */
  readonly outcome: string
  readonly reason?: string
}

/** Which group of the table of sources a document belongs to. */
export type SourceOf = (
  document: Document,
) => Pick<SourceSummary, 'title' | 'from' | 'license' | 'rights'>

interface Tally {
  readonly about: ReturnType<SourceOf>
  documents: number
  bytes: number
  documentsKept: number
  bytesKept: number
}

/** Keeps the books: what enters, and where every document ends up. Memory: some 300 bytes per document. */
export class Ledger {
  readonly outcomes: Outcome[] = []
  readonly #sourceOf: SourceOf
  readonly #hash = createHash('sha256')
  readonly #sources = new Map<string, Tally>()
  readonly #exact = new Map<string, string[]>()
  readonly #near: DuplicateCluster[] = []
  readonly #excerpts = new Map<string, string>()
  #documents = 0
  #bytes = 0

  constructor(sourceOf: SourceOf) {
    this.#sourceOf = sourceOf
  }

  /** Passes documents on and counts them. */
  async *enter(documents: AsyncIterable<Document>): AsyncGenerator<Document> {
    for await (const document of documents) {
      const bytes = Buffer.byteLength(document.text)
      this.#documents++
      this.#bytes += bytes
      this.#hash.update(JSON.stringify([document.id, document.text]))
      const tally = this.#tally(document)
      tally.documents++
      tally.bytes += bytes
      yield document
    }
  }

  drop(document: Document, stage: string, { reason, value }: Verdict): void {
    this.#record(document, stage, reason)
    if (stage !== 'exact duplicates') return
    const group = this.#exact.get(String(value)) ?? []
    group.push(document.id)
    this.#exact.set(String(value), group)
  }

  nearDuplicates(cluster: DuplicateCluster): void {
    this.#near.push(cluster)
    this.#excerpts.set(cluster.survivor, '')
  }

  keep(document: Document, part: 'training' | 'validation'): void {
    this.#record(document, part)
    const tally = this.#tally(document)
    tally.documentsKept++
    tally.bytesKept += Buffer.byteLength(document.text)
  }

  /** Call once, at the end. */
  corpus(): CorpusSummary {
    const sources = [...this.#sources.values()].map(({ about, ...counts }) => ({
      ...about,
      ...counts,
    }))
    const hash = this.#hash.digest('hex')
    return { documents: this.#documents, bytes: this.#bytes, hash, sources }
  }

  /** The `count` largest groups of duplicates. */
  duplicates(count: number): DuplicatesSummary {
    const exact = [...this.#exact].map(([kept, ids]) => ({ kind: 'exact' as const, kept, ids }))
    const near = this.#near.map(({ survivor, duplicates }) => ({
      kind: 'near' as const,
      kept: survivor,
      ids: duplicates.map(({ id }) => id),
    }))
    const clusters: Cluster[] = [...exact, ...near]
      .sort((a, b) => b.ids.length - a.ids.length || (a.kept < b.kept ? -1 : 1))
      .slice(0, count)
      .map(({ kind, kept, ids }) => ({
        kind,
        size: ids.length + 1,
        members: [kept, ...ids.slice(0, 3)],
        excerpt: this.#excerpts.get(kept) ?? '',
      }))
    const sum = (groups: readonly { readonly ids: readonly string[] }[]): number =>
      groups.reduce((total, { ids }) => total + ids.length, 0)
    return { exact: sum(exact), near: sum(near), clusters }
  }

  #record(document: Document, outcome: string, reason?: string): void {
    const { id, source, license, text } = document
    if (this.#excerpts.has(id) || this.#exact.has(id)) this.#excerpts.set(id, text.slice(0, 160))
    this.outcomes.push({
      id,
      ...(source === undefined ? {} : { source }),
      ...(license === undefined ? {} : { license }),
      bytes: Buffer.byteLength(text),
      outcome,
      ...(reason === undefined ? {} : { reason }),
    })
  }

  #tally(document: Document): Tally {
    const about = this.#sourceOf(document)
    const key = JSON.stringify([about.title, about.from, about.license])
    const found = this.#sources.get(key)
    if (found !== undefined) return found
    const tally = { about, documents: 0, bytes: 0, documentsKept: 0, bytesKept: 0 }
    this.#sources.set(key, tally)
    return tally
  }
}
