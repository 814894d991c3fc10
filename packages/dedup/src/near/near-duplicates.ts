import type { Document, OnDrop, Stage } from '@llm/data'
import { bandThreshold } from '../minhash/bands.js'
import { jaccard } from '../minhash/jaccard.js'
import { shingles } from '../minhash/shingles.js'
import { estimateJaccard, hashFamily, signature } from '../minhash/signature.js'
import { openSpill, type Spill } from '../spill.js'
import { UnionFind } from '../union-find.js'
import { BandIndex } from './band-index.js'
import { ShingleCache } from './shingle-cache.js'
import { SignatureStore } from './signature-store.js'

export interface NearDuplicatesOptions {
  /** Default 14. */
  readonly bands?: number
  /** Values per band. Default 8; the signature has `bands * rows` values. */
  readonly rows?: number
  /** Words per shingle. Default 5. */
  readonly shingle?: number
  /** Seed of the hash functions. Default 1. */
  readonly seed?: number
  /**
   * Least Jaccard similarity of two documents to be linked, 0 to 1. Default: none, every pair with an equal band is
   * linked, which starts to be likely at (1 / bands)^(1 / rows), 0.72 for 14 bands of 8.
   */
  readonly threshold?: number
  /** How the threshold is checked: on the `'exact'` sets (default; reads candidates back) or by an `'estimate'` from the signatures. */
  readonly verify?: 'exact' | 'estimate'
  /** Candidates per document and band that are checked against the threshold, newest first. Default 1000. */
  readonly maxCandidates?: number
  /** Told of every dropped document; the verdict's value is its estimated similarity to the document kept instead. */
  readonly onDrop?: OnDrop
  /** Told, after the last document, of every cluster of near-duplicates, in order of their survivors. */
  readonly onCluster?: (cluster: DuplicateCluster) => void
  /** Told, after the last document, what was done. */
  readonly onSummary?: (summary: NearDuplicatesSummary) => void
  /** Where the temporary file goes. Default: the system's directory for temporary files. */
  readonly temporaryDirectory?: string
}

export interface DuplicateCluster {
  /** Id of the document that is kept, the earliest. */
  readonly survivor: string
  /** The dropped documents and their similarity to the survivor, estimated from the signatures. */
  readonly duplicates: readonly { readonly id: string; readonly similarity: number }[]
}

export interface NearDuplicatesSummary {
  readonly documents: number
  /** Documents without words, which are never duplicates. */
  readonly withoutWords: number
  /** Pairs with an equal band that were looked at; pairs already in one cluster are not. */
  readonly candidates: number
  /** Pairs linked. */
  readonly links: number
  readonly clusters: number
  /** Documents dropped. */
  readonly dropped: number
  /** Documents for which a band held more than `maxCandidates` candidates. */
  readonly cutShort: number
}

/**
 * A stage that drops near-duplicates: MinHash over word n-grams, candidates by equal bands, clusters by union-find.
 *
 * Of each cluster the earliest document is kept. Two documents of Jaccard similarity s become candidates with
 * probability 1 - (1 - s^rows)^bands (FineWeb's 14 bands of 8 by default); clusters are chains, so two members may be less similar than any
 * two neighbours. The result depends on the order of the documents and the seed, on nothing else.
 *
 * All documents are read before the first comes out. Meanwhile they lie in a temporary file; memory holds, per
 * document, the signature (448 bytes at 14 x 8) and its places in the bands (about 15 bytes per band).
 *
 * Broder 1997; Lee et al. 2022, arXiv:2107.06499, appendix A.
 *
 * @throws {RangeError} when an option is out of range.
 *
 * @example
 * ```ts @import.meta.vitest
 * const { nearDuplicates } = await import('./near-duplicates.js')
 * const verse = 'Tyger Tyger, burning bright, In the forests of the night; What immortal hand or eye, ' +
 *   'Could frame thy fearful symmetry? In what distant deeps or skies, Burnt the fire of thine eyes?'
 * async function* input() {
 *   yield { id: 'a', text: verse }
 *   yield { id: 'b', text: 'Little Lamb who made thee, dost thou know who made thee, gave thee life and bid thee feed' }
 *   yield { id: 'c', text: `${verse} (Blake)` }
 * }
 * const kept: string[] = []
 * const stage = nearDuplicates({ onCluster: ({ survivor, duplicates }) => expect([survivor, duplicates[0]?.id]).toEqual(['a', 'c']) })
 * for await (const document of stage(input())) kept.push(document.id)
 * expect(kept).toEqual(['a', 'b'])
 * ```
 */
export function nearDuplicates(options: NearDuplicatesOptions = {}): Stage {
  checkOptions(options)
  return async function* (input: AsyncIterable<Document>) {
    const spill = await openSpill(options.temporaryDirectory)
    try {
      const found = await link(input, spill, options)
      yield* survivors(spill, found, options)
    } finally {
      await spill.close()
    }
  }
}

interface Found {
  readonly signatures: SignatureStore
  readonly sets: UnionFind
  readonly counts: { withoutWords: number; candidates: number; links: number; cutShort: number }
}

/** First pass: sets every document aside, signs it, and links it with earlier ones. */
async function link(
  input: AsyncIterable<Document>,
  spill: Spill,
  options: NearDuplicatesOptions,
): Promise<Found> {
  const { bands = 14, rows = 8, shingle = 5, seed = 1, threshold, maxCandidates = 1000 } = options
  const family = hashFamily(bands * rows, seed)
  const signatures = new SignatureStore(bands * rows)
  const index = new BandIndex({ bands, rows }, signatures)
  const cache = new ShingleCache(async (document) =>
    shingles((await spill.at(document)).text, { shingle }),
  )
  const sets = new UnionFind()
  const counts = { withoutWords: 0, candidates: 0, links: 0, cutShort: 0 }

  /** Whether the pair is similar enough; 1 tells that the sets are the same. */
  const similarity = async (
    set: Uint32Array,
    document: number,
    earlier: number,
  ): Promise<number> => {
    if (options.verify === 'estimate')
      return estimateJaccard(signatures.at(document), signatures.at(earlier))
    return jaccard(set, await cache.get(earlier))
  }

  for await (const item of input) {
    const document = spill.count
    await spill.write(item)
    const set = shingles(item.text, { shingle })
    signatures.push(signature(set, family))
    sets.add()
    if (set.length === 0) {
      counts.withoutWords++
      continue
    }
    if (threshold === undefined) {
      for (let band = 0; band < bands; band++) {
        const earlier = index.newest(band, document)
        if (earlier < 0) continue
        counts.candidates++
        if (sets.union(document, earlier)) counts.links++
      }
      index.add(document)
      continue
    }
    const checked = new Set<number>()
    let same = false
    for (let band = 0; band < bands; band++) {
      let left = maxCandidates
      for (
        let earlier = index.newest(band, document);
        earlier >= 0;
        earlier = index.older(band, earlier)
      ) {
        if (left-- === 0) {
          counts.cutShort++
          break
        }
        if (checked.has(earlier) || sets.find(earlier) === sets.find(document)) continue
        checked.add(earlier)
        counts.candidates++
        const value = await similarity(set, document, earlier)
        if (value >= threshold && sets.union(document, earlier)) counts.links++
        // A later document is as similar to this one as to that one, and meets it in the same buckets.
        if (value === 1 && options.verify !== 'estimate') same = true
      }
    }
    cache.set(document, set)
    if (!same) index.add(document)
  }
  return { signatures, sets, counts }
}

/** Second pass: the documents come back in order, and the earliest of each cluster goes on. */
async function* survivors(
  spill: Spill,
  found: Found,
  options: NearDuplicatesOptions,
): AsyncGenerator<Document> {
  const { signatures, sets, counts } = found
  const { bands = 14, rows = 8, onDrop, onCluster, onSummary } = options
  const threshold = options.threshold ?? bandThreshold({ bands, rows })
  const sizes = new Map<number, number>()
  for (let i = 0; i < spill.count; i++) {
    const root = sets.find(i)
    if (root !== i) sizes.set(root, (sizes.get(root) ?? 1) + 1)
  }
  const clusters = new Map<
    number,
    { survivor: string; duplicates: { id: string; similarity: number }[] }
  >()
  let number = 0
  let dropped = 0
  for await (const document of spill.read()) {
    const i = number++
    const root = sets.find(i)
    if (root === i) {
      if (sizes.has(i)) clusters.set(i, { survivor: document.id, duplicates: [] })
      yield document
      continue
    }
    dropped++
    const cluster = clusters.get(root)!
    const similarity = estimateJaccard(signatures.at(i), signatures.at(root))
    if (onCluster !== undefined) cluster.duplicates.push({ id: document.id, similarity })
    const reason = `near-duplicate of ${cluster.survivor} (similarity about ${similarity.toFixed(2)})`
    onDrop?.(document, {
      keep: false,
      rule: 'nearDuplicates',
      value: similarity,
      threshold,
      reason,
    })
  }
  if (onCluster !== undefined) for (const cluster of clusters.values()) onCluster(cluster)
  onSummary?.({ documents: spill.count, ...counts, clusters: clusters.size, dropped })
}

function checkOptions({
  bands = 14,
  rows = 8,
  shingle = 5,
  threshold = 1,
  maxCandidates = 1,
}: NearDuplicatesOptions): void {
  for (const [name, value] of Object.entries({ bands, rows, shingle, maxCandidates })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `nearDuplicates: expected ${name} to be a positive integer, got ${value}`,
      )
    }
  }
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`nearDuplicates: expected threshold between 0 and 1, got ${threshold}`)
  }
}
