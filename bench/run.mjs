// `npm run bench` prints every table in results/; `npm run bench -- <name>` measures one and writes its file.
import { readdir, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measure } from './measure.mjs'
import { writeResults } from './results.mjs'
import { formatResults } from './table.mjs'

const here = (path) => new URL(path, import.meta.url)

const usage = `npm run bench                      print the tables of all results
npm run bench -- <name> [options]  measure, print, and write bench/results/<name>.json

  --case <text>     only cases whose name contains the text (prints, writes nothing)
  --system <name>   only this system (prints, writes nothing)
  --rounds <n>      measured rounds per case
  --help

names: `

async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      case: { type: 'string' },
      system: { type: 'string' },
      rounds: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const names = (await readdir(here('definitions/'))).map((file) => file.replace('.mjs', ''))
  if (values.help) return console.log(usage + names.join(', '))
  const [name] = positionals
  if (name === undefined) return printAll()
  if (!names.includes(name)) {
    throw new Error(`bench: expected one of ${names.join(', ')}, got ${name}`)
  }
  const { default: definition } = await import(here(`definitions/${name}.mjs`).href)
  const partial = values.case !== undefined || values.system !== undefined
  const results = await measure(definition, {
    case: values.case,
    system: values.system,
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    log: (line) => console.error(line),
  })
  console.log(formatResults(name, results))
  if (partial) return
  const path = here(`results/${name}.json`)
  await writeResults(path, results)
  console.log(`written to bench/results/${name}.json`)
}

async function printAll() {
  const files = (await readdir(here('results/'))).filter((file) => file.endsWith('.json')).sort()
  for (const file of files) {
    const results = JSON.parse(await readFile(here(`results/${file}`), 'utf8'))
    console.log(formatResults(file.replace('.json', ''), results))
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
