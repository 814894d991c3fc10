import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut } from '../../test/cut.js'
import { splitLinesReference } from '../reference/split-lines.js'
import { type Line, splitLines } from './lines.js'

async function lines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Line[]> {
  const all: Line[] = []
  for await (const batch of splitLines(chunks, maxBytes)) {
    for (const { number, bytes } of batch) {
      all.push(bytes === undefined ? { number } : { number, bytes: new Uint8Array(bytes) })
    }
  }
  return all
}

test('agrees with the slow twin however the bytes are cut', async () => {
  // Line ends often enough to matter.
  const bytes = fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 255 }) }, fc.constant(10)))
    .map((values) => Uint8Array.from(values))
  await fc.assert(
    fc.asyncProperty(
      bytes,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 12 }),
      async (input, sizes, maxBytes) => {
        expect(await lines(cut(input, sizes), maxBytes)).toEqual(
          splitLinesReference(input, maxBytes),
        )
      },
    ),
    { seed: 1, numRuns: 500 },
  )
})

test('a line that is too long is announced before it ends', async () => {
  let given = 0
  async function* endless() {
    for (;;) {
      given++
      yield new Uint8Array(100).fill(65)
    }
  }
  for await (const batch of splitLines(endless(), 250)) {
    expect(batch).toEqual([{ number: 1 }])
    break
  }
  expect(given).toBe(3)
})
