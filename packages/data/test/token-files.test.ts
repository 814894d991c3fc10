import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTokenFile, type ProgressUpdate, tokensOf, writeTokenFile } from '../src/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-files-'))
})
afterAll(() => rm(folder, { recursive: true }))

const inputs = { vocabularySize: 50257, tokenizerHash: 'sha256:0123' }

describe('writeTokenFile and openTokenFile', () => {
  test('windows and documents are those of an array in memory', async () => {
    const path = join(folder, 'random.tokens')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(10, 65_536, 65_537, 2 ** 32 - 2),
        fc.boolean(),
        fc.array(fc.array(fc.nat(2 ** 32 - 1), { maxLength: 20 }), { maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(450), fc.nat(450)), { minLength: 10, maxLength: 10 }),
        async (vocabularySize, separate, drawn, windows) => {
          const documents = drawn.map((ids) => ids.map((id) => id % vocabularySize))
          const end = separate ? [vocabularySize - 1] : []
          const options = { vocabularySize, tokenizerHash: 'x' }
          await writeTokenFile(
            path,
            documents,
            separate ? { ...options, endOfDocument: vocabularySize - 1 } : options,
          )
          const reference = documents.flatMap((ids) => [...ids, ...end])
          const inMemory = tokensOf(reference)
          const file = await openTokenFile(path)
          try {
            expect(file.length).toBe(reference.length)
            for (const [a, b] of windows) {
              const start = a % (reference.length + 1)
              const count = b % (reference.length - start + 1)
              const window = file.read(start, count)
              expect([...window]).toEqual(reference.slice(start, start + count))
              expect([...inMemory.read(start, count)]).toEqual([...window])
              expect(window.BYTES_PER_ELEMENT).toBe(vocabularySize <= 65_536 ? 2 : 4)
            }
            let start = 0
            for (const [index, ids] of documents.entries()) {
              const range = { start, end: start + ids.length + end.length }
              expect(file.document(index)).toEqual(range)
              for (let at = range.start; at < range.end; at++)
                expect(file.documentAt(at)).toBe(index)
              start = range.end
            }
          } finally {
            await file.close()
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test.each([
    [65_536, 16],
    [65_537, 32],
  ])(
    'goes on when ids and ends of documents fill the buffers: %d ids, %d bits',
    async (vocabularySize, width) => {
      const path = join(folder, 'large.tokens')
      const updates: ProgressUpdate[] = []
      async function* documents(): AsyncGenerator<Uint32Array> {
        // More than 1 MiB of ids and of ends, one document longer than the buffer.
        for (let i = 0; i < 140_000; i++)
          yield Uint32Array.from({ length: 5 }, (_, k) => (5 * i + k) % 60_000)
        yield Uint32Array.from({ length: 700_000 }, (_, k) => k % 60_000)
      }
      const header = await writeTokenFile(path, documents(), {
        vocabularySize,
        tokenizerHash: 'x',
        progress: (update) => updates.push(update),
      })
      expect(header).toEqual({
        version: 1,
        width,
        vocabularySize,
        tokenizerHash: 'x',
        documents: 140_001,
        tokens: 1_400_000,
      })
      const file = await openTokenFile(path)
      const all = file.read(0, file.length)
      const wrong = all.findIndex((id, at) => id !== (at < 700_000 ? at : at - 700_000) % 60_000)
      expect(wrong).toBe(-1)
      expect(file.document(139_999)).toEqual({ start: 699_995, end: 700_000 })
      expect(file.document(140_000)).toEqual({ start: 700_000, end: 1_400_000 })
      await file.close()
      expect(updates.length).toBeGreaterThan(2)
      expect(updates.at(-1)).toEqual({
        task: 'writing large.tokens',
        done: 1_400_000,
        total: 1_400_000,
        unit: 'tokens',
      })
    },
  )

  test('the bytes are those of the documentation', async () => {
    const path = join(folder, 'bytes.tokens')
    await writeTokenFile(path, [[1, 258], [3]], {
      vocabularySize: 1000,
      tokenizerHash: 'abc',
      corpusHash: 'def',
      endOfDocument: 999,
    })
    const bytes = await readFile(path)
    const expected = Buffer.alloc(256 + 16 + 16)
    expected.write('LLMTOKEN', 0)
    expected.set([1, 0, 0, 0, 16, 0, 0, 0, 0xe8, 3, 0, 0, 0xe7, 3, 0, 0], 8)
    expected.set([2, 0, 0, 0, 0, 0, 0, 0, 5], 24)
    expected.write('abc', 40)
    expected.write('def', 120)
    expected.set([1, 0, 2, 1, 0xe7, 3, 3, 0, 0xe7, 3], 256)
    expected.set([3, 0, 0, 0, 0, 0, 0, 0, 5], 272)
    expect(bytes.equals(expected)).toBe(true)
  })

  test('an id that is not in the vocabulary is named with its document, and nothing is left behind', async () => {
    for (const bad of [50257, -1, 1.5, Number.NaN, 2 ** 40]) {
      const path = join(folder, 'bad.tokens')
      await expect(writeTokenFile(path, [[1], [2, 3, bad]], inputs)).rejects.toThrow(
        `writeTokenFile: expected token ids below the vocabularySize 50257, got ${bad} at position 2 of document 1`,
      )
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('bad'))).toEqual([])
  })

  test('a document that is no array is an error', async () => {
    const documents: Iterable<ArrayLike<number>> = JSON.parse('[[1], 7]')
    await expect(writeTokenFile(join(folder, 'x'), documents, inputs)).rejects.toThrow(
      'expected an array of ids per document, got 7',
    )
  })

  test('wrong inputs are named', async () => {
    const write = (options: object) =>
      writeTokenFile(join(folder, 'x'), [], { ...inputs, ...options })
    await expect(write({ vocabularySize: 0 })).rejects.toThrow('vocabularySize from 1 to')
    await expect(write({ endOfDocument: 50257 })).rejects.toThrow('endOfDocument id below 50257')
    await expect(write({ tokenizerHash: '' })).rejects.toThrow('tokenizerHash of 1 to 80')
    await expect(write({ tokenizerHash: 'a'.repeat(81) })).rejects.toThrow(
      'tokenizerHash of 1 to 80',
    )
    await expect(write({ corpusHash: 'ä' })).rejects.toThrow('corpusHash of 1 to 80')
  })

  test('resume keeps a finished file of the same inputs and writes any other anew', async () => {
    const path = join(folder, 'resume.tokens')
    const options = { ...inputs, corpusHash: 'one', resume: true }
    let read = 0
    function* documents(): Generator<number[]> {
      read++
      yield [1, 2, 3]
    }
    const header = await writeTokenFile(path, documents(), options)
    expect(await writeTokenFile(path, documents(), options)).toEqual(header)
    expect(read).toBe(1)
    await writeTokenFile(path, documents(), { ...options, corpusHash: 'two' })
    await writeTokenFile(path, documents(), { ...options, corpusHash: 'two', endOfDocument: 0 })
    await writeTokenFile(path, documents(), { ...options, tokenizerHash: 'other' })
    expect(read).toBe(4)
    await truncate(path, 200)
    await writeTokenFile(path, documents(), { ...options, tokenizerHash: 'other' })
    expect(read).toBe(5)
    await writeTokenFile(path, documents(), { ...options, resume: false, tokenizerHash: 'other' })
    expect(read).toBe(6)
  })

  test('an error of the input removes what was written and keeps the old file', async () => {
    const path = join(folder, 'kept.tokens')
    await writeTokenFile(path, [[1]], inputs)
    function* broken(): Generator<number[]> {
      yield [2]
      throw new Error('input broke')
    }
    await expect(writeTokenFile(path, broken(), inputs)).rejects.toThrow('input broke')
    expect((await readdir(folder)).filter((name) => name.startsWith('kept'))).toEqual([
      'kept.tokens',
    ])
    const file = await openTokenFile(path)
    expect([...file.read(0, 1)]).toEqual([1])
    await file.close()
  })
})

describe('openTokenFile refuses', () => {
  const make = async (change: (bytes: Buffer) => Buffer | undefined): Promise<string> => {
    const path = join(folder, 'hostile.tokens')
    await writeTokenFile(path, [[1, 2, 3], [4]], {
      ...inputs,
      vocabularySize: 10,
      endOfDocument: 0,
    })
    const bytes = await readFile(path)
    await writeFile(path, change(bytes) ?? bytes)
    return path
  }
  const set =
    (at: number, ...values: number[]) =>
    (bytes: Buffer) => {
      bytes.set(values, at)
      return bytes
    }

  test.each<[string, (bytes: Buffer) => Buffer | undefined, string]>([
    ['an empty file', () => Buffer.alloc(0), 'at least 256 bytes, got 0 bytes'],
    ['a cut header', (bytes) => bytes.subarray(0, 255), 'at least 256 bytes, got 255 bytes'],
    ['another magic', set(0, 65), 'expected the magic LLMTOKEN'],
    ['another version', set(8, 2), 'expected version 1, got 2'],
    ['a width that does not fit the vocabulary', set(12, 32), 'expected 16 bits per id'],
    ['an empty vocabulary', set(16, 0), 'vocabulary size of at least 1'],
    ['an end of document outside the vocabulary', set(20, 10), 'end-of-document id below 10'],
    ['a hash that is not printable', set(40, 27), 'hash of printable ASCII'],
    ['a cut file', (bytes) => bytes.subarray(0, -1), 'bytes for 6 tokens and 2 documents'],
    ['a longer file', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]), 'bytes for 6 tokens'],
    [
      'more tokens than there are',
      set(32, 255, 255, 255, 255, 255, 255, 255, 255),
      'bytes for 1844',
    ],
    ['more documents than there are', set(24, 3), '3 documents'],
    [
      'a table that does not end with the tokens',
      (bytes) => set(bytes.length - 8, 5)(bytes),
      'table of documents',
    ],
  ])('%s', async (_, change, message) => {
    await expect(openTokenFile(await make(change))).rejects.toThrow(message)
  })

  test('ids that are not in the vocabulary, when they are read', async () => {
    const file = await openTokenFile(await make(set(258, 10)))
    expect([...file.read(0, 1)]).toEqual([1])
    expect(() => file.read(0, 3)).toThrow('expected ids below 10, got 10 at position 1')
    await file.close()
  })

  test('ends of documents that go back', async () => {
    const file = await openTokenFile(await make((bytes) => set(bytes.length - 16, 7)(bytes)))
    expect(() => file.document(0)).toThrow('table of documents')
    expect(() => file.document(1)).toThrow('table of documents')
    await file.close()
  })

  test('windows and documents that are not there, a file cut meanwhile, a closed file', async () => {
    const path = await make(() => undefined)
    const file = await openTokenFile(path)
    for (const [start, count] of [
      [-1, 1],
      [0, 7],
      [6, 1],
      [0.5, 1],
      [0, Number.NaN],
      [0, -1],
      [2 ** 53, 1],
    ] as const) {
      expect(() => file.read(start, count)).toThrow('expected a window inside the 6 tokens')
      expect(() => tokensOf([1, 2, 3, 0, 4, 0]).read(start, count)).toThrow(
        'expected a window inside',
      )
    }
    expect(file.read(6, 0).length).toBe(0)
    expect(() => file.document(2)).toThrow('expected an index below 2, got 2')
    expect(() => file.documentAt(6)).toThrow(RangeError)
    await truncate(path, 260)
    expect(() => file.read(0, 6)).toThrow('has become shorter')
    await file.close()
    await file.close()
    expect(() => file.read(0, 1)).toThrow('is closed')
  })

  test('a file that is not there', async () => {
    await expect(openTokenFile(join(folder, 'missing'))).rejects.toThrow('ENOENT')
  })
})
