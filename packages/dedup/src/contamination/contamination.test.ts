import type { Document } from '@llm/data'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contamination } from './contamination.js'
import { type DecontaminateOptions, decontaminate } from './decontaminate.js'
import { plainWords, visitNgrams } from './ngrams.js'

const documents = (prefix: string, texts: readonly string[]): Document[] =>
  texts.map((text, i) => ({ id: `${prefix}${i}`, text }))

async function kept(
  training: readonly Document[],
  validation: readonly Document[],
  options: DecontaminateOptions,
): Promise<Document[]> {
  async function* input(): AsyncGenerator<Document> {
    yield* training
  }
  const result: Document[] = []
  for await (const document of decontaminate(validation, options)(input())) result.push(document)
  return result
}

/** N-grams as strings. */
function grams(text: string, n: number): Set<string> {
  const words = plainWords(text)
  const count = Math.max(0, words.length - n + 1)
  return new Set(Array.from({ length: count }, (_, i) => words.slice(i, i + n).join(' ')))
}

const text = fc
  .array(
    fc.constantFrom(
      'a',
      'A,',
      '"b"',
      'b',
      'c.',
      'd-e',
      'de',
      '—',
      '$5',
      'é',
      'É',
      'ß',
      '𝒳',
      '😀',
      '\n',
      '\u00a0',
    ),
    { maxLength: 12 },
  )
  .map((words) => words.join(' '))
const texts = fc.array(text, { maxLength: 6 })

describe('visitNgrams', () => {
  it('hashes what the words spell out', () => {
    const seen = new Map<string, string>()
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 4 }), (value, n) => {
        const words = plainWords(value)
        let at = 0
        visitNgrams(value, n, (high, low, start, end) => {
          const gram = words.slice(at, at + n).join(' ')
          expect(plainWords(value.toLowerCase().slice(start, end)).join(' ')).toBe(gram)
          // One gram, one hash; another gram, another hash.
          const hash = `${n} ${high} ${low}`
          expect(seen.get(hash) ?? gram).toBe(gram)
          seen.set(hash, gram)
          at++
        })
        expect(at).toBe(Math.max(0, words.length - n + 1))
      }),
      { numRuns: 1000 },
    )
    const perLength = [...seen].map(([hash, gram]) => `${hash.split(' ')[0]} ${gram}`)
    expect(new Set(perLength).size).toBe(perLength.length)
  })
})

describe('contamination', () => {
  it('agrees with sets of strings', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        texts,
        fc.integer({ min: 1, max: 4 }),
        async (training, validation, n) => {
          const report = await contamination(documents('t', training), documents('v', validation), {
            n,
          })
          const trainingGrams = training.map((value) => grams(value, n))
          const seen = (gram: string): boolean => trainingGrams.some((set) => set.has(gram))
          const all = new Set(validation.flatMap((value) => [...grams(value, n)]))
          expect(report).toMatchObject({
            trainingDocuments: training.length,
            trainingDocumentsMatching: trainingGrams.filter((set) =>
              [...set].some((gram) => all.has(gram)),
            ).length,
            validationDocuments: validation.length,
            contaminatedDocuments: validation.filter((value) => [...grams(value, n)].some(seen))
              .length,
            tooShort: validation.filter((value) => grams(value, n).size === 0).length,
            ngrams: all.size,
            ngramsSeen: [...all].filter(seen).length,
          })
          for (const example of report.examples) {
            const training = trainingGrams.filter((set) => set.has(example.ngram))
            expect(example.documents).toBe(training.length)
            expect(trainingGrams[Number(example.training.slice(1))]).toBe(training[0])
            expect(
              grams(validation[Number(example.validation.slice(1))]!, n).has(example.ngram),
            ).toBe(true)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('leaves n-grams out that many training documents hold', async () => {
    const training = documents(
      't',
      Array.from({ length: 11 }, (_, i) => `all rights reserved ${i}`),
    )
    const validation = documents('v', ['All rights reserved', 'a b c'])
    expect(await contamination(training, validation, { n: 3, maxDocuments: 10 })).toMatchObject({
      contaminatedDocuments: 0,
      ngramsSeen: 0,
      ngramsTooCommon: 1,
    })
    expect(await contamination(training, validation, { n: 3, maxDocuments: 11 })).toMatchObject({
      ngramsSeen: 1,
    })
  })

  it('says so when the validation documents can be read only once', async () => {
    function* once(): Generator<Document> {
      yield { id: 'v', text: 'a' }
    }
    await expect(contamination([], once())).rejects.toThrow(
      'contamination: expected validation documents that can be read twice',
    )
    await expect(contamination([], [], { n: 0 })).rejects.toThrow(
      'contamination: expected n to be a positive integer, got 0',
    )
  })
})

describe('decontaminate', () => {
  it('drops what contamination counts, and leaves nothing for it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (training, validation) => {
        const [t, v] = [documents('t', training), documents('v', validation)]
        const before = await contamination(t, v, { n: 2 })
        const rest = await kept(t, v, { n: 2 })
        expect(t.length - rest.length).toBe(before.trainingDocumentsMatching)
        expect(await contamination(rest, v, { n: 2 })).toMatchObject({
          contaminatedDocuments: 0,
          ngramsSeen: 0,
        })
      }),
    )
  })

  it('keeps documents that share only common phrases', async () => {
    const training = documents('t', [
      ...Array.from({ length: 3 }, (_, i) => `all rights reserved ${i}`),
      'to be or not',
    ])
    const validation = documents('v', ['all rights reserved', 'to be or'])
    const ids = async (options: DecontaminateOptions): Promise<string[]> =>
      (await kept(training, validation, options)).map(({ id }) => id)
    expect(await ids({ n: 3 })).toEqual([])
    expect(await ids({ n: 3, maxDocuments: 2 })).toEqual(['t0', 't1', 't2'])
    expect(await ids({ n: 3, maxDocuments: 3 })).toEqual([])
  })
})
