import { collect, pipe } from '@llm/data'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PackSequencesOptions, packSequences } from './pack-sequences.js'
import type { PackedSequence, PackingReport } from './sequence.js'

const END = 0
const START = 1
const PAD = 2
/** Ids of documents are above those of the special tokens. */
const someDocuments = fc.array(fc.array(fc.integer({ min: 3, max: 99 }), { maxLength: 12 }), {
  maxLength: 20,
})
const anywhere = fc.constantFrom('start', 'end', 'both', 'between', 'none')

async function pack(
  documents: readonly (readonly number[])[],
  options: PackSequencesOptions,
): Promise<{ sequences: PackedSequence[]; report: PackingReport }> {
  const reports: PackingReport[] = []
  const stage = packSequences({
    ...options,
    endOfDocument: END,
    startOfDocument: START,
    onReport: (report) => reports.push(report),
  })
  const sequences = await collect(pipe(documents, stage))
  expect(reports.length).toBe(1)
  return { sequences, report: reports[0]! }
}

function marked(ids: readonly number[], at: string): number[] {
  const start = at === 'start' || at === 'both' ? [START] : []
  return [...start, ...ids, ...(at === 'end' || at === 'both' ? [END] : [])]
}

/** What holds of all packings. */
function check({ sequences, report }: Awaited<ReturnType<typeof pack>>, length: number): void {
  let padding = 0
  for (const { tokens, documents, positions } of sequences) {
    expect([tokens.length, documents.length, positions.length]).toEqual([length, length, length])
    documents.forEach((document, i) => {
      if (document === -1) {
        padding++
        expect(tokens[i]).toBe(PAD)
      }
      const follows = i > 0 && documents[i - 1] === document
      expect(positions[i]).toBe(follows ? positions[i - 1]! + 1 : 0)
    })
  }
  expect(report.padding).toBe(padding)
  expect(report.sequences).toBe(sequences.length)
  expect(report.tokens + report.padding).toBe(sequences.length * length + report.droppedTokens)
}

test('with split: the row of all documents, cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      someDocuments,
      fc.integer({ min: 1, max: 9 }),
      anywhere,
      fc.boolean(),
      async (documents, length, at, pads) => {
        const packed = await pack(documents, {
          length,
          specialTokens: at,
          ...(pads && { padding: PAD }),
        })
        check(packed, length)
        const row = documents.flatMap((ids, i) => [
          ...(at === 'between' && i > 0 ? [END] : []),
          ...marked(ids, at),
        ])
        const kept = pads ? row.length : row.length - (row.length % length)
        const found = packed.sequences.flatMap(({ tokens }) => [...tokens])
        expect(found.slice(0, kept)).toEqual(row.slice(0, kept))
        expect(packed.report.droppedTokens).toBe(row.length - kept)
        const sequencesOf = documents.map(
          (_, d) => packed.sequences.filter((each) => each.documents.includes(d)).length,
        )
        // With between, the mark at the start of a sequence belongs to the document before it.
        if (pads && at !== 'between') {
          expect(packed.report.cutDocuments).toBe(sequencesOf.filter((n) => n > 1).length)
        }
      },
    ),
  )
})

test('without split: every document whole in one sequence, as long as it fits', async () => {
  await fc.assert(
    fc.asyncProperty(
      someDocuments,
      fc.integer({ min: 1, max: 16 }),
      anywhere,
      fc.constantFrom('cut', 'drop'),
      fc.integer({ min: 1, max: 4 }),
      async (documents, length, at, longDocuments, openSequences) => {
        const options = { length, specialTokens: at, padding: PAD, split: false } as const
        const packed = await pack(documents, { ...options, longDocuments, openSequences })
        check(packed, length)
        const parts = new Map<number, number[][]>()
        for (const { tokens, documents: owners } of packed.sequences) {
          for (const owner of new Set(owners)) {
            const part = [...tokens].filter((_, i) => owners[i] === owner)
            parts.set(owner, [...(parts.get(owner) ?? []), part])
          }
        }
        documents.forEach((ids, d) => {
          const whole = marked(ids, at)
          const found = parts.get(d) ?? []
          if (whole.length > length && longDocuments === 'drop') expect(found).toEqual([])
          else if (whole.length > 0) {
            if (whole.length <= length) expect(found.length).toBe(1)
            else expect(found.length).toBeGreaterThan(1)
            // Marks between documents belong to the one before. Parts of a long one may come in any order.
            const own = found.map((part) => part.filter((id) => at !== 'between' || id !== END))
            expect(own.flat().sort()).toEqual([...whole].sort())
          }
        })
      },
    ),
  )
})

test('best fit: the sequence with the least room that is enough', async () => {
  const documents = [4, 3, 2, 1, 3].map((count, d) => new Array<number>(count).fill(10 + d))
  const { sequences, report } = await pack(documents, {
    length: 6,
    split: false,
    padding: PAD,
    specialTokens: 'none',
  })
  expect(sequences.map(({ tokens }) => [...tokens])).toEqual([
    [10, 10, 10, 10, 12, 12],
    [11, 11, 11, 13, PAD, PAD],
    [14, 14, 14, PAD, PAD, PAD],
  ])
  expect(report).toEqual({
    documents: 5,
    tokens: 13,
    sequences: 3,
    padding: 5,
    cutDocuments: 0,
    droppedDocuments: 0,
    droppedTokens: 0,
  })
})

test('a document that is too long is an error where that is asked for', async () => {
  const options = { length: 3, split: false, padding: PAD, longDocuments: 'error' } as const
  await expect(pack([[5], [5, 6, 7]], options)).rejects.toThrow(
    'at most 3 tokens, got 4 in document 1',
  )
})

test.each([
  [{ length: 0 }, 'expected length to be a whole number from 1, got 0'],
  [{ length: 4, split: false }, 'expected an id as padding where documents are not split'],
  [
    { length: 4, specialTokens: 'start' },
    "an id as startOfDocument for specialTokens 'start', got",
  ],
  [{ length: 4, specialTokens: 'middle' }, "'between' or 'none', got \"middle\""],
  [{ length: 4, endOfDocument: -1 }, "an id as endOfDocument for specialTokens 'end', got -1"],
  [{ length: 4, padding: 0.5 }, 'expected an id as padding, got 0.5'],
  [{ length: 4, longDocuments: 'keep' }, "'cut', 'drop' or 'error', got \"keep\""],
])('refuses %j', (options, message) => {
  expect(() => packSequences(JSON.parse(JSON.stringify(options)))).toThrow(message)
})

test('refuses what are no ids', async () => {
  const stage = packSequences({ length: 2 })
  await expect(collect(pipe([[1], [2, -1]], stage))).rejects.toThrow(
    'got -1 at position 1 of document 1',
  )
  await expect(collect(stage(JSON.parse('[null]')))).rejects.toThrow('an array of ids per document')
})
