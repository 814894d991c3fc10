#!/usr/bin/env node
import { buildTensorflow } from './build.js'
import { parseOptions, usage } from './options.js'

try {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') console.log(usage)
  else await buildTensorflow(options, (line) => console.log(line))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
