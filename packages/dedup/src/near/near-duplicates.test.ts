import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Document } from '@llm/data'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nearDuplicateRoots } from '../reference/near-duplicates.js'
import {
  type DuplicateCluster,
  type NearDuplicatesOptions,
  type NearDuplicatesSummary,
  nearDuplicates,
} from './near-duplicates.js'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'near-duplicates-'))
})
afterAll(() => rm(directory, { recursive: true }))

interface Outcome {
  readonly kept: Document[]
  readonly dropped: Map<string, string>
  readonly clusters: DuplicateCluster[]
  readonly summary: NearDuplicatesSummary
}

async function run(
  documents: Iterable<Document>,
  options: NearDuplicatesOptions = {},
): Promise<Outcome> {
  async function* input(): AsyncGenerator<Document> {
    yield* documents
  }
  const kept: Document[] = []
  const dropped = new Map<string, string>()
  const clusters: DuplicateCluster[] = []
  const summaries: NearDuplicatesSummary[] = []
  const stage = nearDuplicates({
    temporaryDirectory: directory,
    ...options,
    onDrop: (document, verdict) => dropped.set(document.id, verdict.reason),
    onCluster: (cluster) => clusters.push(cluster),
    onSummary: (summary) => summaries.push(summary),
  })
  for await (const document of stage(input())) kept.push(document)
  return { kept, dropped, clusters, summary: summaries[0]! }
}

const documents = (texts: readonly string[]): Document[] =>
  texts.map((text, i) => ({ id: `${i}`, text }))

/** Texts of a few long sentences, so that they share many shingles. */
const texts = fc.array(
  fc
    .array(
      fc.constantFrom('a b c d e f', 'g h i j', 'k l m n o p q', 'r s t', 'u v w x y', 'z', ''),
      { maxLength: 8 },
    )
    .map((sentences) => sentences.join(' ')),
  { maxLength: 12 },
)

describe('nearDuplicates', () => {
  it.each([
    ['without a threshold', {}],
    ['with an exact threshold', { threshold: 0.6 }],
  ])('agrees with the comparison of all pairs, %s', async (_, extra) => {
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 0, max: 99 }), async (list, seed) => {
        const options = { bands: 6, rows: 2, shingle: 3, seed, ...extra }
        const { kept, dropped, clusters } = await run(documents(list), options)
        const roots = nearDuplicateRoots(list, options)
        const survivors = roots.flatMap((root, i) => (root === i ? [`${i}`] : []))
        expect(kept.map(({ id }) => id)).toEqual(survivors)
        expect(dropped.size + kept.length).toBe(list.length)
        const expected = survivors
          .map((id) => [
            id,
            ...roots.flatMap((root, i) => (`${root}` === id && `${i}` !== id ? [`${i}`] : [])),
          ])
          .filter((members) => members.length > 1)
        expect(
          clusters.map(({ survivor, duplicates }) => [survivor, ...duplicates.map(({ id }) => id)]),
        ).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('gives the documents back as they were', async () => {
    const document = {
      id: 'ä',
      text: 'lone \ud800 surrogate',
      license: 'MIT',
      metadata: {
        when: new Date(0),
        deep: { list: [1, undefined] },
        bytes: new Uint8Array([1, 2]),
      },
    }
    expect((await run([document])).kept).toEqual([document])
  })

  it('handles documents larger than its buffers, and many', async () => {
    const large = Array.from({ length: 3 }, (_, i) => `${i} ${`word${i} `.repeat(300_000)}`)
    const small = Array.from(
      { length: 3000 },
      (_, i) => `alpha${i} beta${i} gamma${i} delta${i} epsilon${i} zeta${i}`,
    )
    const list = documents([...small, ...large, ...small])
    const { kept, summary } = await run(list)
    expect(kept).toEqual(list.slice(0, 3003))
    expect(summary).toMatchObject({
      documents: 6003,
      clusters: 3000,
      dropped: 3000,
      withoutWords: 0,
    })
  })

  it('looks at a clique of copies once each, not once per pair', async () => {
    const list = documents(Array.from({ length: 500 }, () => 'one two three four five six seven'))
    const { summary } = await run(list, { threshold: 0.8 })
    expect(summary).toMatchObject({ candidates: 499, links: 499, dropped: 499 })
  })

  it('says when a bucket held more candidates than it may look at', async () => {
    // Alike in one band (one row), not alike enough to be linked.
    const list = documents(
      Array.from({ length: 30 }, (_, i) => `same words at the start ${i} ${i + 100} ${i + 200}`),
    )
    const { summary } = await run(list, { bands: 20, rows: 1, threshold: 0.9, maxCandidates: 3 })
    expect(summary.cutShort).toBeGreaterThan(0)
    expect(summary.dropped).toBe(0)
  })

  it('keeps documents without words and tells how many', async () => {
    const { kept, summary } = await run(documents(['', '...', '']))
    expect(kept.length).toBe(3)
    expect(summary.withoutWords).toBe(3)
  })

  it('explains every drop', async () => {
    const verse =
      'about suffering they were never wrong the old masters how well they understood its human position'
    const { dropped } = await run(documents([verse, `${verse} `, `${verse.toUpperCase()}!`]))
    expect([...dropped]).toEqual([
      ['1', 'near-duplicate of 0 (similarity about 1.00)'],
      ['2', 'near-duplicate of 0 (similarity about 1.00)'],
    ])
  })

  it('leaves no temporary file behind, however it ends', async () => {
    async function* failing(): AsyncGenerator<Document> {
      yield { id: 'a', text: 'one' }
      throw new Error('no more')
    }
    const stage = nearDuplicates({ temporaryDirectory: directory })
    await expect(stage(failing())[Symbol.asyncIterator]().next()).rejects.toThrow('no more')
    async function* endless(): AsyncGenerator<Document> {
      yield* documents(['one', 'two', 'three'])
    }
    for await (const document of stage(endless())) if (document.id === '0') break
    expect(await readdir(directory)).toEqual([])
  })

  it.each([
    [{ bands: 0 }, 'nearDuplicates: expected bands to be a positive integer, got 0'],
    [{ rows: 1.5 }, 'nearDuplicates: expected rows to be a positive integer, got 1.5'],
    [{ threshold: 2 }, 'nearDuplicates: expected threshold between 0 and 1, got 2'],
    [{ shingle: 0 }, 'nearDuplicates: expected shingle to be a positive integer, got 0'],
  ])('refuses %j', (options, message) => {
    expect(() => nearDuplicates(options)).toThrow(message)
  })
})
