// Builds what the jobs run: the Rust kernels where cargo is, then every package and example through turbo's cache.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { say, step } from './process.mjs'
import { root } from './root.mjs'

const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo')

/** Builds `packages/*` and `examples/*`; unchanged ones come from turbo's cache. */
export async function build() {
  const filters = ['--filter=./packages/*', '--filter=./examples/*']
  await step(
    'build',
    process.execPath,
    [turbo, 'run', 'build', '--output-logs=errors-only', ...filters],
    {
      env: { NO_COLOR: '1' },
      detail: (output) => {
        const [, cached, total] = /Cached:\s+(\d+) cached, (\d+) total/.exec(output) ?? []
        return total === undefined ? '' : `${total} packages, ${cached} unchanged`
      },
    },
  )
}

/** Builds the native addon; a machine without cargo is told so in one line and goes on. */
export async function buildKernels() {
  const script = join(root, 'packages', 'kernels', 'tools', 'build-native.mjs')
  if (!existsSync(script)) return say('kernels', 'none to build', 0)
  await step('kernels', process.execPath, [script], {
    detail: (output) => (output.trim().split('\n').at(-1) ?? '').replace('kernels: ', ''),
  })
}
