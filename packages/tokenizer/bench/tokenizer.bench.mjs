// Measures the built package alone: `npx tsup`, then `node bench/tokenizer.bench.mjs [documents.jsonl] [vocabularySize]`.
// Documents are JSON strings, one a line; without a file, the texts that the TypeScript compiler brings along.
// Peers are measured beside it by the repository's `npm run bench -- tokenizer`.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { loadTokenizer, trainBpe } from '../dist/index.js'

const documents = process.argv[2] ? readLines(process.argv[2]) : compilerTexts()
const vocabularySize = Number(process.argv[3] ?? 8192)
const megabytes = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6
console.log(
  `${documents.length} documents, ${megabytes.toFixed(1)} MB, ${vocabularySize} ids, Node ${process.version}`,
)

let trained
await measure('train', 3, 's', async () => {
  trained = await trainBpe(documents, { vocabularySize })
})
const json = JSON.stringify(trained)
let tokenizer
await measure('load', 5, 'ms', async () => {
  tokenizer = await loadTokenizer(JSON.parse(json))
})
let ids
const encode = () => {
  ids = documents.map((text) => tokenizer.encode(text))
}
await measure('encode, cold', 1, 'MB/s', encode)
await measure('encode, warm', 5, 'MB/s', encode)
await measure('count', 5, 'MB/s', () => {
  for (const text of documents) tokenizer.count(text)
})
await measure('decode', 5, 'MB/s', () => {
  for (const each of ids) tokenizer.decode(each)
})
await measure('encode 1,000,000 x "a"', 3, 'ms', () => tokenizer.encode('a'.repeat(1_000_000)))
const tokens = ids.reduce((sum, each) => sum + each.length, 0)
console.log(`${((megabytes * 1e6) / tokens).toFixed(3)} bytes per token`)
console.log(
  `${Math.round(process.resourceUsage().maxRSS / 1024)} MB peak memory, the documents included`,
)

/** Median and best of some runs. */
async function measure(name, runs, unit, run) {
  const seconds = []
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    await run()
    seconds.push((performance.now() - start) / 1000)
  }
  seconds.sort((a, b) => a - b)
  const show = (s) => (unit === 's' ? s : unit === 'ms' ? s * 1000 : megabytes / s).toFixed(2)
  const median = seconds[Math.floor(seconds.length / 2)]
  console.log(
    `${name.padEnd(24)} ${show(median).padStart(8)} ${unit.padEnd(5)} best ${show(seconds[0])}`,
  )
}

function readLines(path) {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function compilerTexts() {
  const lib = dirname(createRequire(import.meta.url).resolve('typescript'))
  return readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((name) => /(^_tsc\.js|^lib\..*\.d\.ts|diagnosticMessages\.generated\.json)$/.test(name))
    .flatMap((name) => readFileSync(join(lib, name), 'utf8').match(/[\s\S]{1,8000}/gu) ?? [])
}
