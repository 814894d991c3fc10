import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Document } from '../document.js'
import { readDocuments } from '../read/read-documents.js'
import { collect } from '../stage.js'
import { readManifest } from './manifest.js'
import { writeJsonl } from './write-jsonl.js'
import { writeParquet } from './write-parquet.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'data-write-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const hasZstd = 'createZstdCompress' in zlib
const jsonlCodecs = hasZstd ? (['none', 'gzip', 'zstd'] as const) : (['none', 'gzip'] as const)
const parquetCodecs = hasZstd
  ? (['none', 'snappy', 'gzip', 'zstd'] as const)
  : (['none', 'snappy', 'gzip'] as const)

const many: Document[] = Array.from({ length: 100 }, (_, i) => ({
  id: `d${i}`,
  text: `text ${i} `.repeat(i),
  source: 'made',
}))

describe.each([
  ...jsonlCodecs.map((compression) => ({
    name: `jsonl ${compression}`,
    write: (documents: Iterable<Document> | AsyncIterable<Document>, options = {}) =>
      writeJsonl(documents, directory, { compression, ...options }),
  })),
  ...parquetCodecs.map((compression) => ({
    name: `parquet ${compression}`,
    write: (documents: Iterable<Document> | AsyncIterable<Document>, options = {}) =>
      writeParquet(documents, directory, { compression, ...options }),
  })),
])('$name', ({ name, write }) => {
  const read = () => collect(readDocuments('part-*', { cwd: directory }))

  test('what is written is read back', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary', maxLength: 2000 }),
    )
    const optional = { requiredKeys: ['id', 'text', 'source'] as ('id' | 'text' | 'source')[] }
    const document = fc.record(
      {
        id: text,
        text,
        source: text,
        mediaType: fc.constantFrom('text/html', 'text/markdown'),
        url: text,
        license: text,
        metadata: fc
          .dictionary(
            fc.string({ unit: 'binary' }).map((key) => `x${key}`),
            fc.jsonValue(),
            { minKeys: 1 },
          )
          .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>),
      },
      optional,
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 5000 }),
        async (documents, shardBytes) => {
          const manifest = await write(documents, { shardBytes, resume: false })
          expect(manifest.documents).toBe(documents.length)
          expect(await read()).toEqual(documents)
        },
      ),
      { numRuns: 12, seed: 1 },
    )
  })

  test('shards hold what the manifest says', async () => {
    const manifest = await write(many, { shardBytes: 5000 })
    expect(manifest.shards.length).toBeGreaterThan(3)
    expect(manifest.complete).toBe(true)
    expect(await readManifest(directory)).toEqual(manifest)
    expect((await readdir(directory)).sort()).toEqual(
      ['manifest.json', ...manifest.shards.map((shard) => shard.file)].sort(),
    )
    const { createHash } = await import('node:crypto')
    for (const shard of manifest.shards) {
      const bytes = await readFile(join(directory, shard.file))
      expect(bytes.length).toBe(shard.bytes)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(shard.sha256)
      const inside = await collect(readDocuments(shard.file, { cwd: directory }))
      expect(inside.length).toBe(shard.documents)
    }
  })

  test('a run that was stopped goes on and leaves finished shards alone', async () => {
    async function* stopping() {
      for (const document of many) {
        if (document.id === 'd70') throw new Error('stopped')
        yield document
      }
    }
    await expect(write(stopping(), { shardBytes: 5000 })).rejects.toThrow('stopped')
    const half = await readManifest(directory)
    expect(half?.complete).toBe(false)
    expect(half?.shards.length).toBeGreaterThan(1)
    expect((await readdir(directory)).filter((file) => file.endsWith('.tmp'))).toEqual([])
    const before = await Promise.all(
      (half?.shards ?? []).map(({ file }) => stat(join(directory, file), { bigint: true })),
    )

    const whole = await write(many, { shardBytes: 5000 })
    const after = await Promise.all(
      (half?.shards ?? []).map(({ file }) => stat(join(directory, file), { bigint: true })),
    )
    expect(after.map((s) => [s.ino, s.mtimeNs])).toEqual(before.map((s) => [s.ino, s.mtimeNs]))
    expect(await read()).toEqual(many)

    const { mkdtemp } = await import('node:fs/promises')
    const elsewhere = await mkdtemp(join(tmpdir(), 'data-write-'))
    const fresh = name.startsWith('jsonl')
      ? await writeJsonl(many, elsewhere, { shardBytes: 5000, compression: 'none' })
      : await writeParquet(many, elsewhere, { shardBytes: 5000, compression: 'none' })
    await rm(elsewhere, { recursive: true })
    expect(whole.contentSha256).toBe(fresh.contentSha256)
    expect(whole.shards.map((s) => s.contentSha256)).toEqual(
      fresh.shards.map((s) => s.contentSha256),
    )
  })
})

test('the content hash is the same whatever the format, compression and shard size', async () => {
  const one = await writeJsonl(many, join(directory, 'a'), { compression: 'gzip' })
  const two = await writeParquet(many, join(directory, 'b'), { shardBytes: 3000 })
  expect(two.contentSha256).toBe(one.contentSha256)
  const other = await writeJsonl(many.slice(1), join(directory, 'c'))
  expect(other.contentSha256).not.toBe(one.contentSha256)
})

test('a lost or cut shard is made again', async () => {
  const first = await writeJsonl(many, directory, { shardBytes: 5000 })
  const [a, b] = first.shards
  await rm(join(directory, a!.file))
  await writeFile(join(directory, b!.file), 'cut')
  const second = await writeJsonl(many, directory, { shardBytes: 5000 })
  expect(second).toEqual(first)
  expect(await collect(readDocuments('*.jsonl', { cwd: directory }))).toEqual(many)
})

test('a changed option is an error', async () => {
  await writeJsonl(many, directory, { shardBytes: 5000 })
  await expect(writeJsonl(many, directory, { shardBytes: 6000 })).rejects.toThrow(
    /^writeJsonl: expected shardBytes 5000, which the shards in .* were made with, got 6000; pass resume: false/,
  )
  await expect(
    writeJsonl(many, directory, { shardBytes: 5000, compression: 'gzip' }),
  ).rejects.toThrow('expected compression "none"')
  await expect(writeParquet(many, directory, { shardBytes: 5000 })).rejects.toThrow(
    'expected format "jsonl"',
  )
  const again = await writeJsonl(many, directory, { shardBytes: 6000, resume: false })
  expect((await readdir(directory)).length).toBe(again.shards.length + 1)
})

test('changed documents are an error, and the finished shards stay', async () => {
  const first = await writeJsonl(many, directory, { shardBytes: 5000 })
  const changed = many.map((d, i) => (i === 3 ? { ...d, text: 'other' } : d))
  await expect(writeJsonl(changed, directory, { shardBytes: 5000 })).rejects.toThrow(
    'got other documents for part-00000.jsonl',
  )
  await expect(writeJsonl(many.slice(0, 50), directory, { shardBytes: 5000 })).rejects.toThrow(
    /got (fewer|other) documents/,
  )
  await expect(
    writeJsonl([...many, { id: 'new', text: 'x'.repeat(6000) }], directory, { shardBytes: 5000 }),
  ).rejects.toThrow(/got (more|other) documents/)
  for (const { file, bytes } of first.shards) {
    expect((await stat(join(directory, file))).size).toBe(bytes)
  }
})

test('with a fingerprint, a complete folder is not read for again', async () => {
  const first = await writeJsonl(many, directory, { input: 'recipe 1' })
  const second = await writeJsonl(
    (async function* (): AsyncGenerator<Document> {
      yield* []
      throw new Error('read')
    })(),
    directory,
    { input: 'recipe 1' },
  )
  expect(second).toEqual(first)
  await expect(writeJsonl(many, directory, { input: 'recipe 2' })).rejects.toThrow(
    'expected input "recipe 1"',
  )
})

test.skipIf(hasZstd)('zstd on an older Node says what to do', async () => {
  const message = /expected Node 22\.15 or newer for compression "zstd", got v.*; use /
  await expect(writeJsonl(many, directory, { compression: 'zstd' })).rejects.toThrow(message)
  await expect(writeParquet(many, directory, { compression: 'zstd' })).rejects.toThrow(message)
  expect(await readdir(directory)).toEqual([])
})

test('no documents give no shards', async () => {
  const manifest = await writeJsonl([], directory)
  expect(manifest).toMatchObject({ complete: true, documents: 0, bytes: 0, shards: [] })
})

test('documents that cannot be written are refused by name', async () => {
  const broken = { id: 'a', text: 'half \ud800 pair' }
  await expect(writeParquet([broken], directory)).rejects.toThrow(
    'got half a surrogate pair in text of document "a"',
  )
  await rm(directory, { recursive: true })
  await writeJsonl([broken], directory)
  expect(await collect(readDocuments('part-*', { cwd: directory }))).toEqual([
    { ...broken, source: 'part-00000.jsonl' },
  ])
  const big = { id: 'b', text: '', metadata: { n: 1n } }
  await expect(writeJsonl([big], directory, { resume: false })).rejects.toThrow('document "b"')
})

test('a manifest that is not one is an error', async () => {
  for (const text of [
    '{',
    '{}',
    '{"version":1,"format":"jsonl","compression":"none","shardBytes":1,"complete":true,"shards":[{"file":"../x","documents":1,"bytes":1,"contentSha256":""}]}',
  ]) {
    await writeFile(join(directory, 'manifest.json'), text)
    await expect(writeJsonl(many, directory)).rejects.toThrow('readManifest: expected a manifest')
  }
})

test('the source is closed when writing fails', async () => {
  let closed = false
  async function* source(): AsyncGenerator<Document> {
    try {
      for (;;) yield { id: 'x', text: 'y', metadata: { n: 1n } }
    } finally {
      closed = true
    }
  }
  await expect(writeJsonl(source(), directory)).rejects.toThrow('expected metadata that is JSON')
  expect(closed).toBe(true)
})
