import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collect } from '../stage.js'
import type { ReadError } from './read-error.js'
import { readParquet } from './read-parquet.js'

const fixtures = new URL('../../test/fixtures/', import.meta.url)
const folder = new URL('.', fixtures).pathname

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'data-parquet-'))
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function read(content: Uint8Array, options = {}) {
  await writeFile(join(cwd, 'x.parquet'), content)
  const errors: string[] = []
  const onError = (error: ReadError): void => {
    errors.push(`${error.record}: ${error.message.replace(/^.*?: .*?: /, '')}`)
  }
  const documents = await collect(readParquet('x.parquet', { cwd, onError, ...options }))
  return { texts: documents.map((document) => document.text), errors }
}

describe('files written by pyarrow', () => {
  test.each([
    'none',
    'snappy',
    'gzip',
    'zstd',
    'brotli',
    'lz4',
    // Many small pages of version 2, with an index.
    'pages',
  ])('%s', async (codec) => {
    const expected = JSON.parse(
      await readFile(new URL('documents.json', fixtures), 'utf8'),
    ) as Record<string, unknown>[]
    const documents = await collect(readParquet(`${codec}.parquet`, { cwd: folder }))
    expect(documents).toEqual(
      expected.map(({ id, text, url, license, score }, i) => ({
        id,
        text,
        ...(url !== undefined && { url }),
        ...(license !== undefined && { license }),
        source: `${codec}.parquet`,
        metadata: {
          score,
          tokens: i,
          when: `2023-11-14T22:13:20.000${i === 0 ? '' : String(i).padStart(3, '0')}Z`,
          tags: [`t${i}`, 'all'].slice(0, i % 3),
          kind: i % 2 === 1 ? 'web' : 'book',
        },
      })),
    )
  })
})

test('a row whose text is not UTF-8 is reported alone', async () => {
  const { texts, errors } = await read(await readFile(new URL('bad-utf8.parquet', fixtures)))
  expect(texts).toEqual(['fine', 'fine again'])
  expect(errors).toEqual(['2: expected UTF-8 in column "text", got other bytes'])
})

test('a file without a text column, or without rows', async () => {
  expect(await read(await readFile(new URL('no-text.parquet', fixtures)))).toEqual({
    texts: [],
    errors: ['1: expected a string in field "text", got no such field'],
  })
  expect(await read(await readFile(new URL('no-rows.parquet', fixtures)))).toEqual({
    texts: [],
    errors: [],
  })
  const renamed = await readFile(new URL('no-text.parquet', fixtures))
  expect((await read(renamed, { textField: 'body' })).texts).toEqual(['no text column'])
})

test('what is no parquet', async () => {
  const problem = '0: expected a parquet file with its footer, got other bytes (cut short?)'
  expect((await read(Buffer.from('PAR1'))).errors).toEqual([problem])
  expect((await read(Buffer.from('{"text":"jsonl"}\n'))).errors).toEqual([problem])
  // A footer larger than the file.
  expect((await read(Buffer.from('PAR1\xff\xff\xff\x7fPAR1', 'latin1'))).errors).toEqual([problem])
  expect((await read(Buffer.alloc(0))).errors).toEqual(['0: expected content, got an empty file'])
})

test('a file cut anywhere is an error', async () => {
  const whole = await readFile(new URL('zstd.parquet', fixtures))
  for (let length = 1; length < whole.length; length += 37) {
    const { errors } = await read(whole.subarray(0, length))
    expect(errors).toHaveLength(1)
  }
})

test('a text longer than allowed', async () => {
  const { texts, errors } = await read(await readFile(new URL('none.parquet', fixtures)), {
    maxDocumentBytes: 60,
  })
  expect(texts.length).toBeGreaterThan(20)
  expect(errors[0]).toBe('7: expected at most 60 bytes of text, got more')
})

test.each(['zstd', 'lz4', 'pages'])(
  'flipped bytes of %s end in documents or errors',
  async (codec) => {
    const whole = await readFile(new URL(`${codec}.parquet`, fixtures))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const broken = Uint8Array.from(whole)
          broken[at] = (broken[at] ?? 0) ^ flip
          const { texts, errors } = await read(broken)
          expect(texts.length).toBeLessThanOrEqual(40)
          expect(errors.length).toBeLessThanOrEqual(41)
        },
      ),
      { seed: 1, numRuns: 120 },
    )
  },
)
