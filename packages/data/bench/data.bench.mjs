// Token files and workers, against the build: npx tsup && node bench/data.bench.mjs
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mapInWorkers, openTokenFile, random, writeTokenFile } from '../dist/index.js'

const runs = 3
const folder = await mkdtemp(join(tmpdir(), 'data-bench-'))
const path = join(folder, 'bench.tokens')

for (const vocabularySize of [50_257, 100_000]) {
  const options = { vocabularySize, tokenizerHash: 'bench', endOfDocument: 0 }
  let header
  const written = await best(async () => {
    header = await writeTokenFile(path, tokenDocuments(vocabularySize), options)
  })
  show(`write, ${header.width} bits`, header.tokens / written / 1e6, 'million tokens/s')

  const file = await openTokenFile(path)
  const positions = random(1, 'windows', 0)
  const windows = 100_000
  const read = await best(() => {
    for (let i = 0; i < windows; i++) file.read(positions.integer(file.length - 1025), 1025)
  })
  show(`random windows of 1025, ${header.width} bits`, windows / read, 'windows/s')
  await file.close()
}

for (const workers of [0, 1, 2, 4]) {
  const stage = mapInWorkers(new URL('./hash-stage.mjs', import.meta.url), {
    workers,
    options: { rounds: 100 },
  })
  const seconds = await best(async () => {
    for await (const _ of stage(textDocuments(2000)));
  })
  show(`4 kB documents, heavy stage, ${workers} workers`, 2000 / seconds, 'documents/s')
}
await rm(folder, { recursive: true })

async function* tokenDocuments(vocabularySize) {
  const documents = Array.from({ length: 100 }, (_, d) =>
    Uint32Array.from({ length: 800 }, (_, i) => (d * 7919 + i * 31) % vocabularySize),
  )
  for (let i = 0; i < 50_000; i++) yield documents[i % documents.length]
}

async function* textDocuments(count) {
  const text = 'lorem ipsum dolor sit amet '.repeat(150)
  for (let i = 0; i < count; i++) yield { id: String(i), text: text + i }
}

async function best(run) {
  let seconds = Number.POSITIVE_INFINITY
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    await run()
    seconds = Math.min(seconds, (performance.now() - start) / 1000)
  }
  return seconds
}

function show(what, rate, unit) {
  console.log(`${what}: ${rate.toLocaleString('en-US', { maximumSignificantDigits: 3 })} ${unit}`)
}
