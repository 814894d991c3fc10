// Random cases in a process of their own, so that a crash or a hang does not take the case that caused it along: each is printed
// before it runs.
//
//   FUZZ_SECONDS=600 FUZZ_SEED=1 node --conditions=@llm/source --import tsx test/parity/fuzz-process.ts
//
// FUZZ_CASE=<number> runs that case of the seed alone.
import { writeSync } from 'node:fs'
import { random } from '@llm/data/random'
import { fuzzCases } from './fuzz-cases.js'
import { fuzzTokenizers } from './fuzz-tokenizers.js'

/** More than any case needs, beside the tokenizers. */
const maxBytes = 700e6
const names = Object.keys(fuzzCases)

async function main(): Promise<void> {
  const seed = Number(process.env.FUZZ_SEED ?? 1)
  const only = process.env.FUZZ_CASE
  writeSync(1, '{"preparing":true}\n')
  const tokenizers = await fuzzTokenizers()
  const end = performance.now() + Number(process.env.FUZZ_SECONDS ?? 60) * 1000
  const counts = new Map<string, number>()
  for (let index = Number(only ?? 0); only !== undefined || performance.now() < end; index++) {
    const name = names[index % names.length] ?? ''
    const made = fuzzCases[name]?.(random(seed, 'fuzz', index), tokenizers)
    if (made === undefined) continue
    // Synchronous: it is out before anything can crash.
    writeSync(1, `${JSON.stringify({ seed, case: index, what: name, ...made.settings })}\n`)
    await made.run()
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    if (arrayBuffers + heapUsed > maxBytes) {
      throw new Error(`${Math.round((arrayBuffers + heapUsed) / 1e6)} MB are in use`)
    }
    counts.set(name, (counts.get(name) ?? 0) + 1)
    if (only !== undefined) break
  }
  writeSync(1, `${JSON.stringify({ passed: Object.fromEntries(counts) })}\n`)
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
})
