import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDescriber, describe as describeDocuments } from './describe.js'

it('gives quantiles within 1 % of the sorted lengths', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 50 }),
      async (lengths) => {
        const documents = lengths.map((length, i) => ({ id: `${i}`, text: 'x'.repeat(length) }))
        const { bytesPerDocument, bytes } = await describeDocuments(documents)
        const sorted = [...lengths].sort((a, b) => a - b)
        const exact = (share: number): number =>
          sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!
        for (const [name, share] of [
          ['p5', 0.05],
          ['p25', 0.25],
          ['median', 0.5],
          ['p75', 0.75],
          ['p95', 0.95],
        ] as const) {
          // Half a byte more: quantiles are rounded to whole bytes.
          expect(Math.abs(bytesPerDocument[name] - exact(share))).toBeLessThanOrEqual(
            0.01 * exact(share) + 0.5,
          )
        }
        expect(bytesPerDocument.minimum).toBe(sorted[0])
        expect(bytesPerDocument.maximum).toBe(sorted.at(-1))
        expect(bytes).toBe(sorted.reduce((sum, length) => sum + length, 0))
      },
    ),
  )
})

it('counts languages and licences, a bounded number of them', async () => {
  const documents = Array.from({ length: 3000 }, (_, i) => ({
    id: `${i}`,
    text: 'é\n',
    license: `L${i % 1500}`,
    metadata: { language: i % 3 === 0 ? 'de' : 'en' },
  }))
  const { languages, licenses, lines, bytes } = await describeDocuments(documents)
  expect(languages).toEqual({ en: 2000, de: 1000 })
  expect(Object.keys(licenses).length).toBe(1001)
  expect(licenses.other).toBe(1000)
  expect([lines, bytes]).toEqual([6000, 9000])
})

it('is empty for no documents', async () => {
  const { documents, bytesPerDocument } = await describeDocuments([])
  expect([documents, bytesPerDocument.median, bytesPerDocument.mean]).toEqual([0, 0, 0])
})

it('passes documents through as a stage', async () => {
  const describer = createDescriber({ language: () => 'xx' })
  const document = { id: 'a', text: 'one two' }
  async function* input(): AsyncGenerator<typeof document> {
    yield document
  }
  for await (const passed of describer.stage(input())) expect(passed).toBe(document)
  expect(describer.report()).toMatchObject({ documents: 1, words: 2, languages: { xx: 1 } })
})
