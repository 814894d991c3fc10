import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, openTokenFile, type ProgressUpdate } from '@llm/data'
import { afterAll, expect, test } from 'vitest'
import { bytesTokenizer } from '../bytes/bytes-tokenizer.js'
import { writeTokens } from './write-tokens.js'

const root = mkdtempSync(join(tmpdir(), 'llm-write-tokens-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0
const folder = (): string => join(root, String(folders++))

const tokenizer = bytesTokenizer()
const documents: Document[] = Array.from({ length: 40 }, (_, i) => ({
  id: `d${i}`,
  text: `${i} `.repeat((i * 7) % 11),
}))
const options = { endOfDocument: 256, shardTokens: 100 }

function content(path: string): Record<string, string> {
  const names = readdirSync(path).sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'hex')]))
}

/** The documents, and an end of the process after some. */
async function* killedAfter(count: number): AsyncGenerator<Document> {
  yield* documents.slice(0, count)
  throw new Error('killed')
}

/** A stream that counts what is read. */
class Counted {
  read = 0

  async *[Symbol.asyncIterator](): AsyncGenerator<Document> {
    for (const document of documents) {
      this.read++
      yield document
    }
  }
}

test('every file ends with the document that fills it, and together they are all documents', async () => {
  const path = folder()
  const updates: ProgressUpdate[] = []
  const progress = (update: ProgressUpdate): unknown => updates.push(update)
  const manifest = await writeTokens(path, documents, tokenizer, { ...options, progress })
  expect(manifest.complete).toBe(true)
  expect(manifest.shards.length).toBeGreaterThan(3)
  const found: number[] = []
  for (const [i, shard] of manifest.shards.entries()) {
    const file = await openTokenFile(join(path, shard.file))
    expect(file.header).toMatchObject({ documents: shard.documents, tokens: shard.tokens })
    if (i + 1 < manifest.shards.length) {
      expect(file.length).toBeGreaterThanOrEqual(100)
      expect(file.document(shard.documents - 1).start).toBeLessThan(100)
    }
    found.push(...file.read(0, file.length))
    await file.close()
  }
  expect(found).toEqual(documents.flatMap(({ text }) => [...tokenizer.encode(text), 256]))
  expect([manifest.documents, manifest.tokens]).toEqual([documents.length, found.length])
  expect(updates.at(-1)).toEqual({
    task: 'writing tokens',
    done: found.length,
    total: found.length,
    unit: 'tokens',
  })
})

test('a killed run continues, and ends with the same bytes', async () => {
  const whole = folder()
  await writeTokens(whole, documents, tokenizer, options)
  const path = folder()
  for (const count of [1, 3, 17, 25, 40]) {
    await expect(writeTokens(path, killedAfter(count), tokenizer, options)).rejects.toThrow(
      'killed',
    )
  }
  expect(content(path)['00001.tokens']).toBeDefined()
  await writeTokens(path, documents, tokenizer, options)
  expect(content(path)).toEqual(content(whole))
  // Files that were lost or damaged meanwhile are made again, and those after them.
  rmSync(join(path, '00002.tokens'))
  writeFileSync(join(path, '00003.tokens'), 'damaged')
  await writeTokens(path, documents, tokenizer, options)
  expect(content(path)).toEqual(content(whole))
})

test('a complete folder is not read for when the corpus has a name', async () => {
  const path = folder()
  const named = { ...options, corpusHash: 'v1' }
  const manifest = await writeTokens(path, documents, tokenizer, named)
  const again = new Counted()
  expect(await writeTokens(path, again, tokenizer, named)).toEqual(manifest)
  expect(again.read).toBe(0)
  const unnamed = folder()
  await writeTokens(unnamed, documents, tokenizer, options)
  const compared = new Counted()
  await writeTokens(unnamed, compared, tokenizer, options)
  expect(compared.read).toBe(documents.length)
})

test('other documents, options or tokenizers are an error, unless it begins anew', async () => {
  const path = folder()
  await writeTokens(path, documents, tokenizer, options)
  const changed = documents.map((each, i) => (i === 3 ? { ...each, text: 'x' } : each))
  for (const other of [changed, documents.slice(0, 5)]) {
    await expect(writeTokens(path, other, tokenizer, options)).rejects.toThrow(
      'expected the documents that 00000.tokens in',
    )
  }
  await expect(writeTokens(path, documents, tokenizer, { shardTokens: 100 })).rejects.toThrow(
    'expected endOfDocument 256, with which',
  )
  await expect(
    writeTokens(path, documents, tokenizer, {
      ...options,
      allowedSpecial: new Set(['<|endoftext|>']),
    }),
  ).rejects.toThrow('got {"allowedSpecial":["<|endoftext|>"]}')
  await expect(
    writeTokens(path, documents, bytesTokenizer({ specialTokens: ['<|end|>'] }), options),
  ).rejects.toThrow('expected tokenizerHash')
  const few = await writeTokens(path, changed.slice(0, 5), tokenizer, { ...options, resume: false })
  expect(readdirSync(path).sort()).toEqual([...few.shards.map(({ file }) => file), 'manifest.json'])
})

test('a folder with another manifest is left alone', async () => {
  const path = folder()
  await writeTokens(path, [], tokenizer)
  for (const bad of [
    '{',
    '{"version":1,"format":"jsonl"}',
    '{"version":1,"settings":{},"complete":true,"documents":1,"tokens":1,"shards":[{"file":"../x","documents":1,"tokens":1,"contentHash":""}]}',
  ]) {
    writeFileSync(join(path, 'manifest.json'), bad)
    await expect(writeTokens(path, documents, tokenizer)).rejects.toThrow(
      'writeTokens: expected a manifest of token files in',
    )
  }
})

test('a folder that is a file is an error with the name of the function', async () => {
  const path = folder()
  writeFileSync(path, '')
  await expect(writeTokens(path, documents, tokenizer)).rejects.toThrow(
    'writeTokens: expected a path to read, got ENOTDIR',
  )
})
