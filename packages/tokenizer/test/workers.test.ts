import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collect, type Document } from '@llm/data'
import { expect, test } from 'vitest'
import { encodeDocuments, encodeInWorkers, trainBpe, writeTokens } from '../src/index.js'

const text = readFileSync(new URL('fixtures/text.txt', import.meta.url), 'utf8')
const end = '<|endoftext|>'
const tokenizer = await trainBpe([text], { vocabularySize: 700, specialTokens: [end, '__proto__'] })
const texts = text.split('\n').map((line, i) => (i % 7 === 0 ? `${line}${end}__proto__` : line))

async function* documents(): AsyncGenerator<Document> {
  for (const [i, each] of texts.entries()) yield { id: `line ${i}`, text: each }
}

const runs = [
  { workers: 1, batchSize: 1000 },
  { workers: 2, batchSize: 16 },
]

function inThreads(
  options: object,
  allowed: readonly string[],
  jobs: readonly object[] = runs,
): unknown {
  const script = fileURLToPath(new URL('fixtures/encode-in-threads.mjs', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
    input: JSON.stringify({ tokenizer, texts, options, allowed, runs: jobs }),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return JSON.parse(stdout)
}

test.each([
  { options: {}, allowed: [] },
  { options: { dropout: 0.1, seed: 3 }, allowed: [end] },
])('the same ids for any number of threads: %o', async ({ options, allowed }) => {
  const all = { ...options, allowedSpecial: new Set(allowed) }
  const batch = tokenizer.encodeBatch(texts, all).map((ids) => [...ids])
  const alone = (await collect(encodeDocuments(tokenizer, all)(documents()))).map((ids) => [...ids])
  expect(inThreads(options, allowed)).toEqual(runs.map(() => ({ batch, documents: alone })))
  expect(await encodeInWorkers(tokenizer, texts, { ...all, workers: 0 })).toEqual(
    tokenizer.encodeBatch(texts, all),
  )
})

test('an error names the input', () => {
  const message = `mapInWorkers: item 0 made the stage throw: encode: expected no "${end}" in the text`
  const wanted = { error: expect.stringContaining(message) }
  expect(inThreads({ disallowedSpecial: 'all' }, ['__proto__'])).toEqual([wanted, wanted])
})

test('token files have the same bytes for any number of threads', async () => {
  const root = mkdtempSync(join(tmpdir(), 'llm-threads-'))
  try {
    const folders = runs.map(({ workers }) => join(root, String(workers)))
    const options = { shardTokens: 3000 }
    const manifest = await writeTokens(join(root, '0'), documents(), tokenizer, {
      ...options,
      allowedSpecial: new Set([end]),
    })
    expect(manifest.shards.length).toBeGreaterThan(2)
    const jobs = runs.map((run, i) => ({ ...run, folder: folders[i] }))
    expect(inThreads(options, [end], jobs)).toEqual(jobs.map(() => manifest))
    for (const { file } of manifest.shards) {
      const wanted = readFileSync(join(root, '0', file))
      for (const folder of folders)
        expect(readFileSync(join(folder, file)).equals(wanted)).toBe(true)
    }
  } finally {
    rmSync(root, { recursive: true })
  }
})
