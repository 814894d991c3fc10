import type { Document } from '@llm/data'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createFunnel, type FunnelReport } from './funnel.js'
import { repairText } from './repair/repair-text.js'
import { keep } from './rules/keep.js'
import { minimumWords } from './rules/minimum-words.js'
import { placeholderPage } from './rules/placeholder-page.js'

async function report(documents: readonly Document[], samples: number): Promise<FunnelReport> {
  const funnel = createFunnel({ samples, sampleLength: 10 })
  const repair = funnel.stage('repair', () => repairText())
  const filter = funnel.stage('filter', (onDrop) =>
    keep([placeholderPage(), minimumWords(3)], { onDrop }),
  )
  async function* input(): AsyncGenerator<Document> {
    yield* documents
  }
  for await (const document of filter(repair(input()))) expect(document.text).not.toBe('')
  return funnel.report()
}

const documents = Array.from({ length: 40 }, (_, i) => ({
  id: `${i}`,
  source: `file ${i}`,
  text: i % 4 === 0 ? `é ${i}` : i % 4 === 1 ? 'please sign in to go on' : `a good text ${i} \r\n`,
}))

it('counts documents and bytes in and out, and reasons', async () => {
  const [repair, filter] = (await report(documents, 2)).stages
  const bytes = (list: readonly Document[]): number =>
    list.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  expect(repair).toMatchObject({
    name: 'repair',
    documentsIn: 40,
    documentsOut: 40,
    bytesIn: bytes(documents),
    dropped: 0,
  })
  expect(filter).toMatchObject({
    documentsIn: 40,
    documentsOut: 20,
    dropped: 20,
    unexplained: 0,
    bytesIn: repair!.bytesOut,
  })
  expect(filter!.reasons.map(({ rule, documents, bytes }) => [rule, documents, bytes])).toEqual([
    ['minimumWords', 10, 47],
    ['placeholderPage', 10, 230],
  ])
  expect(filter!.bytesIn - filter!.bytesOut).toBe(277)
  const [sample] = filter!.reasons[1]!.samples
  expect(sample).toMatchObject({ value: 'please sign in', threshold: 100, excerpt: 'please sig' })
  expect(sample!.source).toBe(`file ${sample!.id}`)
})

it('says the same whatever the order of the documents', async () => {
  const expected = JSON.stringify(await report(documents, 3))
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(documents, { minLength: documents.length }),
      async (shuffled) => {
        expect(JSON.stringify(await report(shuffled, 3))).toBe(expected)
      },
    ),
    { numRuns: 50 },
  )
})

it('reports documents that vanish without a verdict', async () => {
  const funnel = createFunnel()
  const stage = funnel.stage(
    'lossy',
    () =>
      async function* (input) {
        for await (const document of input) if (document.id === '0') yield document
      },
  )
  async function* input(): AsyncGenerator<Document> {
    yield* documents
  }
  for await (const _ of stage(input())) {
    // All of it is read.
  }
  expect(funnel.report().stages[0]).toMatchObject({
    documentsIn: 40,
    documentsOut: 1,
    dropped: 0,
    unexplained: 39,
  })
})
