import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { BackendChoice } from '@llm/tensor'
import type { Machine } from './summary.js'

const packages = ['data', 'clean', 'dedup', 'tokenizer', 'tensor', 'model', 'optim', 'train']

/** Where a run took place. Nothing that names the machine or its user. */
export function machine({ name, device, reason }: BackendChoice): Machine {
  const require = createRequire(import.meta.url)
  const versions = packages.map((part) => {
    const manifest: { version: string } = require(`@llm/${part}/package.json`)
    return [`@llm/${part}`, manifest.version]
  })
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpus: availableParallelism(),
    backend: { name, device, reason },
    versions: Object.fromEntries(versions),
  }
}
