// Throughput in MB per second of processor time, one thread: node bench/clean.bench.mjs [folder]   (after a build)
// The folder's .md and .html files are the input; by default those of the installed packages.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  extractText,
  gopherQuality,
  gopherRepetition,
  loadLanguageDetector,
  markdownToText,
  repair,
} from '../dist/index.js'

const folder =
  process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules/.pnpm')

function* files(directory, pattern) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) yield* files(path, pattern)
    else if (entry.isFile() && pattern.test(entry.name) && statSync(path).size < 2e6) yield path
  }
}

const read = (pattern) =>
  [...files(folder, pattern)].sort().map((path) => readFileSync(path, 'utf8'))
const markdown = read(/\.md$/i)
const html = read(/\.html?$/i)
const prose = markdown.map((text) => markdownToText(text))
const quality = gopherQuality()
const repetition = gopherRepetition()
const detect = await loadLanguageDetector()

const milliseconds = ({ user, system }) => (user + system) / 1e3

function measure(name, texts, run) {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const times = []
  for (let round = 0; round < 6; round++) {
    const start = process.cpuUsage()
    for (const text of texts) run(text)
    times.push(milliseconds(process.cpuUsage(start)))
  }
  // The first round warms up.
  times.shift()
  times.sort((a, b) => a - b)
  const rate = (time) => (bytes / 1e3 / time).toFixed(1).padStart(7)
  console.log(
    `${name.padEnd(18)}${String(texts.length).padStart(6)} texts ${(bytes / 1e6).toFixed(1).padStart(6)} MB   median ${rate(times[2])} MB/s   best ${rate(times[0])} MB/s`,
  )
}

measure('extractText', html, (text) => extractText(text))
measure('markdownToText', markdown, (text) => markdownToText(text))
measure('repair', prose, (text) => repair(text))
measure('gopherQuality', prose, (text) => quality({ id: '', text }))
measure('gopherRepetition', prose, (text) => repetition({ id: '', text }))
measure('language detection', prose, (text) => detect(text))
