// Throughput in MB per second of processor time, one thread: node bench/dedup.bench.mjs [folder]   (after a build)
// The folder's .md, .js and .ts files are the input; by default the first 50 MB of the installed packages.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  contamination,
  exactDuplicates,
  hashFamily,
  nearDuplicates,
  shingles,
  signature,
} from '../dist/index.js'

const folder =
  process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules/.pnpm')

function* files(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (entry.isFile() && /\.(md|js|ts)$/i.test(entry.name)) yield path
  }
}

const documents = []
let bytes = 0
for (const path of files(folder)) {
  const { size } = statSync(path)
  if (size < 200 || size > 100_000) continue
  documents.push({ id: path, text: readFileSync(path, 'utf8') })
  bytes += size
  if (bytes > 50e6) break
}
console.log(`${documents.length} documents, ${(bytes / 1e6).toFixed(1)} MB`)

async function* stream() {
  yield* documents
}

const milliseconds = ({ user, system }) => (user + system) / 1e3

async function measure(name, run) {
  const times = []
  for (let round = 0; round < 4; round++) {
    const start = process.cpuUsage()
    await run()
    times.push(milliseconds(process.cpuUsage(start)))
  }
  // The first round warms up.
  times.shift()
  times.sort((a, b) => a - b)
  const rate = (time) => (bytes / 1e3 / time).toFixed(1).padStart(7)
  console.log(`${name.padEnd(34)} median ${rate(times[1])} MB/s   best ${rate(times[0])} MB/s`)
}

async function through(stage) {
  let count = 0
  for await (const _ of stage(stream())) count++
  return count
}

const family = hashFamily(112)
const sets = documents.map(({ text }) => shingles(text))
await measure('shingles', () => documents.map(({ text }) => shingles(text)))
await measure('signature, 112 functions', () => sets.map((set) => signature(set, family)))
await measure('exactDuplicates', () => through(exactDuplicates()))
await measure('nearDuplicates', () => through(nearDuplicates()))
await measure('nearDuplicates, threshold 0.8', () => through(nearDuplicates({ threshold: 0.8 })))
const half = documents.length >> 1
await measure('contamination, half against half', () =>
  contamination(documents.slice(half), documents.slice(0, half)),
)
