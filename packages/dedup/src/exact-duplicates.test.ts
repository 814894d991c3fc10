import type { Document } from '@llm/data'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exactDuplicates } from './exact-duplicates.js'

it('keeps the first of each text, and names it for the others', async () => {
  const texts = fc.array(fc.constantFrom('', 'a', 'A', 'b', 'é', 'e\u0301'))
  await fc.assert(
    fc.asyncProperty(texts, async (list) => {
      async function* input(): AsyncGenerator<Document> {
        for (const [i, text] of list.entries()) yield { id: `${i}`, text }
      }
      const kept: string[] = []
      const dropped: string[] = []
      const stage = exactDuplicates({
        onDrop: ({ id }, { value }) => dropped.push(`${id} ${value}`),
      })
      for await (const { id } of stage(input())) kept.push(id)
      expect(kept).toEqual([...new Set(list)].map((text) => `${list.indexOf(text)}`))
      const repeats = list.flatMap((text, i) =>
        list.indexOf(text) < i ? [`${i} ${list.indexOf(text)}`] : [],
      )
      expect(dropped).toEqual(repeats)
    }),
  )
})
